import type { ElementNews, IdentityDirective, NaturalKey, ResourcePatch } from '../../fhir/patch.ts';
import { identifierType } from '../convert/identifier-types.ts';
import { systemOf } from '../convert/identifiers.ts';
import type { Run } from './run.ts';

type Link = 'replaces' | 'replaced-by' | 'seealso';

const value = (news: unknown): ElementNews => ({ kind: 'value', value: news });

/** What a message says of one patient beside its other segments. */
interface Stated {
  readonly key: NaturalKey;
  readonly links: { readonly other: { readonly reference: string }; readonly type: Link }[];
  isRetired: boolean;
}

class Patients {
  readonly #run: Run;
  readonly #stated = new Map<string, Stated>();

  constructor(run: Run) {
    this.#run = run;
  }

  /** `one` is linked to `other` in this way. */
  link(one: NaturalKey, other: NaturalKey, type: Link): void {
    const id = this.#run.idOf('Patient', one);
    const stated = this.#stated.get(id) ?? { key: one, links: [], isRetired: false };
    stated.links.push({ other: { reference: `Patient/${this.#run.idOf('Patient', other)}` }, type });
    stated.isRetired ||= type === 'replaced-by';
    this.#stated.set(id, stated);
  }

  /** @param told ids of the patients that the message tells of in PID */
  patches(told: ReadonlySet<string>): readonly ResourcePatch[] {
    return [...this.#stated].map(([id, { key, links, isRetired }]) => ({
      type: 'Patient',
      id,
      key,
      elements: {
        ...(told.has(id) ? {} : { identifier: value([identifierOf(key, key.kind)]) }),
        ...(isRetired ? { active: value(false) } : {}),
        link: value(links),
      },
    }));
  }
}

function identifierOf({ namespace, value: number }: NaturalKey, kind: string): Readonly<Record<string, unknown>> {
  return { type: identifierType(kind), system: systemOf(namespace), value: number };
}

/** The wrong number of an account or visit. */
function wrongOne(type: 'Account' | 'Encounter', key: NaturalKey, run: Run): ResourcePatch {
  const kind = type === 'Account' ? 'AN' : 'VN';
  const unknown = { system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'UNK', display: 'unknown' };
  return {
    type,
    id: run.idOf(type, key),
    key,
    elements: {
      identifier: value([identifierOf(key, kind)]),
      status: value('entered-in-error'),
      ...(type === 'Encounter' ? { class: value(unknown) } : {}),
    },
  };
}

/**
 * What the directives of a message come to, as resources, for who sees this one message only: retired patients with
 * their links, wrong numbers of accounts and visits. The record does the same by its own knowledge, and may refuse.
 */
export function statedPatches(
  directives: readonly IdentityDirective[],
  patches: readonly ResourcePatch[],
  run: Run,
): readonly ResourcePatch[] {
  if (directives.length === 0) return [];
  const patients = new Patients(run);
  const others: ResourcePatch[] = [];
  for (const directive of directives) {
    if (directive.kind === 'merge') {
      patients.link(directive.retired, directive.survivor, 'replaced-by');
      patients.link(directive.survivor, directive.retired, 'replaces');
    } else if (directive.kind === 'link') {
      patients.link(directive.a, directive.b, 'seealso');
      patients.link(directive.b, directive.a, 'seealso');
    } else if (directive.kind === 'merge-resource') {
      others.push(wrongOne(directive.type, directive.retired, run));
    }
  }
  const told = new Set(patches.filter(({ type }) => type === 'Patient').map(({ id }) => id));
  return [...patients.patches(told), ...others];
}
