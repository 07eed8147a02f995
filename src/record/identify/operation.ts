import type { Draft } from '../../store/draft.ts';
import { compartmentKey } from '../versions.ts';
import type { RecordSettings } from '../contract.ts';
import type { OperationDone, SourceRecord } from './contract.ts';
import { settle } from './settle.ts';
import { takeTickets } from './tickets.ts';
import { keysOf } from './match-record.ts';
import { Workspace } from './workspace.ts';

/** Types that make a person one with clinical data. */
const CLINICAL = [
  ...['AllergyIntolerance', 'Condition', 'DiagnosticReport', 'Encounter', 'ImagingStudy', 'Immunization'],
  ...['MedicationAdministration', 'MedicationRequest', 'Observation', 'Procedure', 'ServiceRequest'],
];

/** The workspace of a decision that a person makes now. */
export async function decisionWorkspace(draft: Draft, settings: RecordSettings): Promise<Workspace> {
  const now = await draft.store.now();
  return new Workspace(draft, settings, { at: now, sequence: 0, received: now, source: 'DESK', id: settings.newId() });
}

/** Takes the tickets of records, draws the consequences of what the workspace holds and puts them into the draft. */
export async function carryOut(
  ws: Workspace,
  records: readonly SourceRecord[],
  release: readonly string[] = [],
): Promise<OperationDone> {
  await takeTickets(ws.draft, ws.settings.installation, keysOf(...records.map(({ copy }) => copy)));
  const settled = await settle(
    ws,
    records.map(({ id }) => id),
  );
  return { sources: ws.changes(), ...settled, cause: ws.cause.id, release };
}

/** A decision that changed no person. */
export function nothingChanged(ws: Workspace, release: readonly string[] = []): OperationDone {
  return { sources: [], persons: [], touched: [], cause: ws.cause.id, release };
}

/** Source records of the person of a record, itself included. */
export async function personRecords(ws: Workspace, record: SourceRecord): Promise<readonly SourceRecord[]> {
  return ws.load([record.id, ...((await ws.members(record.person)) ?? [])]);
}

/** Whether any clinical resource belongs to these source records. */
export async function hasClinicalData(draft: Draft, recs: readonly SourceRecord[]): Promise<boolean> {
  const keys = recs.flatMap(({ id }) => CLINICAL.map((type) => compartmentKey(id, type)));
  const { rows } = await draft.find('resources', { all: [keys], limit: 1 });
  return rows.length > 0;
}
