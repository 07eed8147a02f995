import type { ConceptSet } from '../fhir/concepts.ts';
import type { Draft } from '../store/draft.ts';
import { createRecordWriter, createSettleOperation, type RecordDeps, type SettleOperation } from './apply.ts';
import type { PutOwn, RecordReader, RecordSettings, RecordWriter } from './contract.ts';
import { describePeople } from './document/describe-people.ts';
import type { DocumentSettings } from './document/documents.ts';
import { resolveAliases } from './identify/aliases.ts';
import { identify } from './identify/identify.ts';
import { hideDeleted, showPatients } from './identify/show-patients.ts';
import { createPutOwn, refreshDocuments } from './put-own.ts';
import { createRecordReader } from './reader.ts';
import { rebuildPersons, type Rebuild } from './rebuild.ts';
import type { VersionSettings } from './versions.ts';

/** The record with all its parts. */
export interface RecordParts {
  readonly record: RecordWriter;
  readonly reader: RecordReader;
  readonly putOwn: PutOwn;
  /** Shown Patients, events and documents after a decision of a clerk (`OperationDone`). */
  readonly settleOperation: SettleOperation;
  /** Derived data from the record, page by page. */
  readonly rebuild: Rebuild;
  /** To be called, in the same draft, by whoever changes enrolments of these source records. */
  readonly refreshDocuments: (draft: Draft, recs: readonly string[]) => Promise<void>;
}

/** Puts the record together. */
export function createRecord(
  settings: RecordSettings,
  deps: {
    readonly extractor: VersionSettings['extractor'];
    readonly concepts: ConceptSet;
    readonly followUp?: DocumentSettings['followUp'];
  },
): RecordParts {
  const { extractor, concepts, followUp } = deps;
  const versions: VersionSettings = { zone: settings.zone, extractor };
  const documents: DocumentSettings = {
    zone: settings.zone,
    concepts,
    people: describePeople(settings),
    ...(followUp === undefined ? {} : { followUp }),
  };
  const parts: RecordDeps = { identity: { resolveAliases, identify, showPatients, hideDeleted }, extractor, documents };
  return {
    record: createRecordWriter(settings, parts),
    reader: createRecordReader(),
    putOwn: createPutOwn(versions, documents),
    settleOperation: createSettleOperation(settings, parts),
    rebuild: rebuildPersons({ ...settings, ...versions }, parts),
    refreshDocuments: (draft, recs) => refreshDocuments(draft, recs, documents),
  };
}
