import { conditionFinder } from '../../src/app/conditions.ts';
import { noMetrics } from '../../src/core/metrics.ts';
import { compileConcepts } from '../../src/fhir/concepts.ts';
import { compileExtractor } from '../../src/fhir/extract.ts';
import { EndpointWriter } from '../../src/pipeline/fhir/endpoint-writer.ts';
import { createRecord } from '../../src/record/create-record.ts';
import { createRecordReads } from '../../src/record/reads.ts';
import type { Store } from '../../src/store/port.ts';
import { ZONE } from './resource-rows.ts';

const SETTINGS = {
  installation: '6f0c7a52-3d0f-4a64-9e39-0d5b1c2a7e11',
  zone: ZONE,
  sources: {},
  newId: () => crypto.randomUUID(),
};

/**
 * The writer of the FHIR endpoint as the engine has it, without follow-up.
 * @param deciding called while a write is decided, before it is committed
 */
export function endpointWriter(store: Store, deciding: () => Promise<void> = () => Promise.resolve()): EndpointWriter {
  const { record } = createRecord(SETTINGS, { extractor: compileExtractor, concepts: compileConcepts([]) });
  const searching = { store, zone: ZONE, personOf: createRecordReads(store).personOf, cursorKey: 'test' };
  return new EndpointWriter({
    store,
    record,
    followUp: { react: () => deciding().then(() => undefined) },
    channel: {
      name: 'fhir',
      source: 'fhir',
      ack: 'processed',
      ackTimeoutMs: 1000,
      zone: ZONE,
      ids: {},
      snapshots: [],
      backfill: false,
      onFailure: 'continue',
    },
    find: conditionFinder(searching),
    newId: () => crypto.randomUUID(),
    wake: () => undefined,
    metrics: noMetrics,
    sleep: () => Promise.resolve(),
  });
}
