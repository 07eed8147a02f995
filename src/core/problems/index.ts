import { CDA_PROBLEMS } from './cda.ts';
import { CHANNEL_PROBLEMS } from './channel.ts';
import { CONFIG_PROBLEMS } from './config.ts';
import { FHIR_PROBLEMS } from './fhir.ts';
import { HL7_PROBLEMS } from './hl7.ts';
import { IDENTITY_PROBLEMS } from './identity.ts';
import { MAPPING_PROBLEMS } from './mapping.ts';
import { OPERATION_PROBLEMS } from './operation.ts';
import { PIPELINE_PROBLEMS } from './pipeline.ts';
import { RECORD_PROBLEMS } from './record.ts';
import { SENDER_PROBLEMS } from './sender.ts';
import { SERVER_PROBLEMS } from './server.ts';
import { STORE_PROBLEMS } from './store.ts';
import { TRIGGER_PROBLEMS } from './trigger.ts';

/** Every code Jingluo can report; docs/errors.md is generated from it. */
export const PROBLEMS = {
  ...CDA_PROBLEMS,
  ...CHANNEL_PROBLEMS,
  ...CONFIG_PROBLEMS,
  ...FHIR_PROBLEMS,
  ...HL7_PROBLEMS,
  ...IDENTITY_PROBLEMS,
  ...MAPPING_PROBLEMS,
  ...OPERATION_PROBLEMS,
  ...PIPELINE_PROBLEMS,
  ...RECORD_PROBLEMS,
  ...SENDER_PROBLEMS,
  ...SERVER_PROBLEMS,
  ...STORE_PROBLEMS,
  ...TRIGGER_PROBLEMS,
} as const;
