import type { EngineConfig } from '../config/engine-config.ts';
import type { ChannelSettings } from '../core/channel-settings.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import type { MappingSet } from '../mapping/contract.ts';
import type { OutboundSet } from '../mapping/outbound/contract.ts';
import type { ChannelQueue } from '../pipeline/channel-queue.ts';
import type { Answers } from '../pipeline/follow-up/answers.ts';
import type { FollowUp, FollowUpLoop } from '../pipeline/follow-up/contract.ts';
import type { FollowUpDeps } from '../pipeline/follow-up/deps.ts';
import type { NamedSender } from '../pipeline/follow-up/loop-deps.ts';
import type { FhirWriter } from '../pipeline/fhir-writer.ts';
import type { Intake } from '../pipeline/intake.ts';
import type { Processor } from '../pipeline/process.ts';
import type { RecordReader, RecordSettings, RecordWriter } from '../record/contract.ts';
import type { FollowUpConfig } from '../triggers/follow-up-config.ts';
import type { RecordParts } from '../record/create-record.ts';
import type { SearchDeps } from '../record/search/contract.ts';
import type { Store } from '../store/port.ts';

/** The parts of an engine, wired; running or opened for one command. */
export interface Engine {
  readonly config: EngineConfig;
  readonly store: Store;
  /** Name space of every UUIDv5. */
  readonly installation: string;
  readonly mappings: () => MappingSet;
  /** Uses other mappings from the next message on. */
  readonly useMappings: (mappings: MappingSet, outbound?: OutboundSet) => void;
  readonly settings: RecordSettings;
  readonly record: RecordWriter;
  readonly reader: RecordReader;
  readonly followUp: FollowUp;
  readonly loop: FollowUpLoop;
  readonly answers: Answers;
  readonly senders: readonly NamedSender[];
  readonly followUpDeps: FollowUpDeps;
  readonly followUpConfig: FollowUpConfig;
  readonly processor: Processor;
  readonly intake: Intake;
  /** Writes of FHIR clients. */
  readonly writer: FhirWriter;
  /** The same for historical data: nobody is messaged. */
  readonly loadWriter: FhirWriter;
  /** By channel name; empty where the engine was opened for one command. */
  readonly queues: ReadonlyMap<string, ChannelQueue>;
  readonly channel: (name: string) => ChannelSettings | undefined;
  /** What searches of the endpoint need. */
  readonly searching: SearchDeps;
  readonly settleOperation: RecordParts['settleOperation'];
  readonly rebuild: RecordParts['rebuild'];
  readonly log: Log;
  readonly metrics: Metrics;
  readonly clock: Clock;
}
