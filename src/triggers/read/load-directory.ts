import type { Problem } from '../../core/problem.ts';
import type { Directory, StaffMember } from '../directory.ts';
import type { Channel, Purpose } from '../plan.ts';
import { CHANNEL_NAMES, PURPOSES } from '../plan.ts';
import type { ConsentBasis, FollowUpPolicy, QuietSpan } from '../policy.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { unknownName } from './check-plan.ts';
import { compileSchema, schemaFaults } from './check-schema.ts';
import type { ConfigFile, YamlFile } from './yaml-file.ts';
import { readYaml } from './yaml-file.ts';

interface DirectorySource {
  readonly hospital?: string;
  readonly link?: string;
  readonly policy?: {
    readonly quietHours?: Readonly<Partial<Record<Channel, readonly QuietSpan[]>>>;
    readonly consent?: Readonly<Partial<Record<Purpose, ConsentBasis>>>;
    readonly voiceFromAge?: number;
    readonly guardianBelowAge?: number;
    readonly perSecond?: number;
    readonly optOutHint?: string;
  };
  readonly staff?: readonly ({ readonly id: string; readonly name: string } & Readonly<Record<string, string>>)[];
  readonly roles?: Readonly<Record<string, readonly string[]>>;
  readonly departments?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const wallTime = { type: 'string', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' };
const role = { type: 'array', items: { type: 'string' }, minItems: 1 };
const span = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'to'],
  properties: { from: wallTime, to: wallTime },
};
const each = (names: readonly string[], schema: unknown): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, schema]));

const validate = compileSchema(
  {
    type: 'object',
    additionalProperties: false,
    properties: {
      hospital: { type: 'string', minLength: 1 },
      link: { type: 'string' },
      policy: {
        type: 'object',
        additionalProperties: false,
        properties: {
          quietHours: {
            type: 'object',
            additionalProperties: false,
            properties: each(CHANNEL_NAMES, { type: 'array', items: span }),
          },
          consent: {
            type: 'object',
            additionalProperties: false,
            properties: each(PURPOSES, { enum: ['unless-refused', 'only-if-granted'] }),
          },
          voiceFromAge: { type: 'integer', minimum: 0 },
          guardianBelowAge: { type: 'integer', minimum: 0 },
          perSecond: { type: 'number', exclusiveMinimum: 0 },
          optOutHint: { type: 'string' },
        },
      },
      staff: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['id', 'name'],
          properties: { id: { type: 'string' }, name: { type: 'string' }, ...each(CHANNEL_NAMES, { type: 'string' }) },
        },
      },
      roles: { type: 'object', additionalProperties: role },
      departments: { type: 'object', additionalProperties: { type: 'object', additionalProperties: role } },
    },
  },
  () => true,
);

/** Reads the directory file: staff, roles, departments and the hospital's policy. */
export function loadDirectory(
  file: ConfigFile | undefined,
  faults: Problem[],
): { readonly directory: Directory; readonly policy: FollowUpPolicy } {
  const empty = { directory: { staff: new Map(), roles: {}, departments: {} }, policy: DEFAULT_POLICY };
  if (file === undefined) return empty;
  const yaml = readYaml(file);
  const found = yaml.ok ? schemaFaults(validate, yaml.value) : yaml.error;
  faults.push(...found);
  if (!yaml.ok || found.length > 0) return empty;
  const source = yaml.value.value as DirectorySource;
  const staff = new Map((source.staff ?? []).map((member) => [member.id, memberOf(member)]));
  const directory = { staff, roles: source.roles ?? {}, departments: source.departments ?? {} };
  checkRoles(yaml.value, directory, faults);
  return { directory, policy: policyOf(source) };
}

function memberOf(
  member: { readonly id: string; readonly name: string } & Readonly<Record<string, string>>,
): StaffMember {
  const addresses: Partial<Record<Channel, string>> = {};
  for (const channel of CHANNEL_NAMES) {
    const address = member[channel];
    if (address !== undefined) addresses[channel] = address;
  }
  return { id: member.id, name: member.name, addresses };
}

function policyOf(source: DirectorySource): FollowUpPolicy {
  const { quietHours, consent, ...plain } = source.policy ?? {};
  return {
    ...DEFAULT_POLICY,
    ...(source.hospital === undefined ? {} : { hospital: source.hospital }),
    ...(source.link === undefined ? {} : { link: source.link }),
    ...plain,
    quietHours: { ...DEFAULT_POLICY.quietHours, ...quietHours },
    consent: { ...DEFAULT_POLICY.consent, ...consent },
  };
}

function checkRoles(file: YamlFile, directory: Directory, faults: Problem[]): void {
  const known = [...directory.staff.keys()];
  const check = (path: readonly string[], roles: Readonly<Record<string, readonly string[]>>): void => {
    for (const [name, members] of Object.entries(roles)) {
      members.forEach((member, index) => {
        if (!directory.staff.has(member)) {
          faults.push(unknownName('member of staff', member, known, file.place([...path, name, index])));
        }
      });
    }
  };
  check(['roles'], directory.roles);
  for (const [name, roles] of Object.entries(directory.departments)) check(['departments', name], roles);
}
