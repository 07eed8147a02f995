import type { BoundedList } from '../list-section.ts';
import { arraySection, listSection, type Section } from '../section.ts';
import { alerts } from './alerts.ts';
import { allergies, allergyState } from './allergies.ts';
import { buildConcepts, CONCEPT_TYPES } from './concepts.ts';
import { conditions } from './conditions.ts';
import { consents, optOuts } from './consents.ts';
import { contacts } from './contacts.ts';
import { imaging } from './imaging.ts';
import { buildMeasures, marksOf, updateMeasures, type MeasureEntry } from './measures.ts';
import { medications } from './medications.ts';
import { procedures } from './procedures.ts';
import { reports } from './reports.ts';
import { buildVisits, refreshNext, updateVisits, VISIT_TYPES, type Visits } from './visits.ts';

const measures: Section = {
  types: ['Observation'],
  build: (facts, about) => {
    const list = buildMeasures(facts, about);
    return { measures: list, marks: marksOf(list, about) };
  },
  update: (stored, changes, about) => {
    const list = stored['measures'] as BoundedList<MeasureEntry> | undefined;
    const next = list === undefined ? undefined : updateMeasures(list, changes, about);
    return next === undefined ? undefined : { measures: next, marks: marksOf(next, about) };
  },
};

const visits: Section = {
  types: VISIT_TYPES,
  build: (facts, { asOf }) => ({ visits: buildVisits(facts, asOf) }),
  update: (stored, changes, { asOf }) => {
    let next = stored['visits'] as Visits | undefined;
    for (const change of changes) next = next === undefined ? undefined : updateVisits(next, change, asOf);
    next = next === undefined ? undefined : refreshNext(next, asOf);
    return next === undefined ? undefined : { visits: next };
  },
};

const concepts: Section = {
  types: CONCEPT_TYPES,
  build: (facts, about) => ({ concepts: buildConcepts(facts, about.concepts) }),
  update: (stored, changes, about) => {
    const resources = changes.flatMap(({ before, after }) => [before, after]);
    const concerned = resources.some((fact) => fact !== undefined && about.concepts.of(fact.resource).length > 0);
    return concerned ? undefined : { concepts: stored['concepts'] ?? [] };
  },
};

/** Every part of the patient document that is made of resources (patient document, in its order). */
export const SECTIONS: readonly Section[] = [
  concepts,
  measures,
  listSection('conditions', conditions),
  listSection('allergies', allergies, (list) => ({
    allergies: { n: list.n, state: allergyState(list), list: list.list },
  })),
  listSection('medications', medications),
  listSection('imaging', imaging),
  listSection('procedures', procedures),
  listSection('reports', reports),
  visits,
  arraySection('contacts', contacts),
  arraySection('consents', consents, (list) => ({ optOut: optOuts(list) })),
  arraySection('alerts', alerts),
];

/** Every resource type that some section reads. */
export const DOCUMENT_TYPES: readonly string[] = [...new Set(SECTIONS.flatMap(({ types }) => types))];
