import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { uuidV5 } from '../../core/ids.ts';
import { splitBatch } from '../../hl7/batch.ts';
import { readMessage } from '../../hl7/read-message.ts';
import { storeHistory } from '../../pipeline/load.ts';
import type { Engine } from '../engine.ts';
import { HOME } from '../home.ts';
import { countSafety } from './safety.ts';

/** What loading the history came to. */
export interface SeededHistory {
  readonly visits: number;
  /** Messages to patients that it caused: none, as it is a backfill. */
  readonly sent: number;
}

/** The patient of the demo hospital who has refused SMS. */
const OPTED_OUT = { namespace: 'HOSP01', kind: 'MR', value: 'P14' };

/** Loads the demo hospital's history as a backfill, with one patient's refusal of SMS; a second time changes nothing. */
export async function seedHistory(engine: Engine): Promise<SeededHistory> {
  const channel = engine.channel('his');
  if (channel === undefined) return { visits: 0, sent: 0 };
  const messages = splitBatch(await readFile(path.join(HOME, 'config', 'demo', 'history.hl7')));
  for (const bytes of messages) {
    const stored = await storeHistory(engine.store, bytes, channel, engine.clock.now());
    if (stored.kind === 'stored') await engine.processor.process(stored.item.id);
  }
  await refuseSms(engine);
  return { visits: visitsOf(messages), sent: (await countSafety(engine)).sent };
}

/** Distinct visit numbers (PV1-19) of messages. */
function visitsOf(messages: readonly Uint8Array[]): number {
  const numbers = messages.map((bytes) => {
    const read = readMessage(bytes);
    return read.ok ? (read.value.first('PV1')?.value(19) ?? '') : '';
  });
  return new Set(numbers.filter((number) => number !== '')).size;
}

/** Writes the refusal as the follow-up desk would, through the FHIR endpoint. */
async function refuseSms(engine: Engine): Promise<void> {
  const { namespace, kind, value } = OPTED_OUT;
  const patient = uuidV5(engine.installation, 'Patient', namespace, kind, value);
  const consent = {
    resourceType: 'Consent',
    id: 'demo-sms-refused',
    status: 'active',
    scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-10-20T11:30:00+08:00',
    policyRule: { text: 'opt-out' },
    provision: { type: 'deny', action: [{ coding: [{ system: 'urn:jingluo:channel', code: 'sms' }] }] },
  };
  const write = { method: 'PUT', type: 'Consent', id: consent.id, resource: consent } as const;
  await engine.loadWriter.write('DESK', [write], Buffer.from(JSON.stringify(consent)));
}
