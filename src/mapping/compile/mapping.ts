import { matchStructure } from '../../hl7/match-structure.ts';
import type { Message } from '../../hl7/message.ts';
import type { Structure, Structured } from '../../hl7/structure.ts';
import type { CompiledMapping, MappingContext } from '../contract.ts';
import type { MappingResult, TraceEntry } from '../result.ts';
import type { FieldNumbers } from '../run/account.ts';
import { identifyAll, makeAll, snapshotsOf } from '../run/execute.ts';
import { keepRest } from '../run/leftovers.ts';
import { Env, Run } from '../run/run.ts';
import type { RunSetting } from '../run/run-setting.ts';
import { statedPatches } from '../run/stated.ts';
import type { CompiledDirective } from './directive.ts';
import type { CompiledResource } from './resource.ts';

/** Everything a mapping was compiled to. */
interface MappingParts {
  readonly structure: Structure;
  readonly version: string;
  readonly resources: readonly CompiledResource[];
  readonly directives: readonly CompiledDirective[];
  /** Fields that are no data of a resource (delimiters, set ids, routing). */
  readonly structural: FieldNumbers;
  /** Fields that R4 has no element for. */
  readonly noPlace: FieldNumbers;
  readonly setting: RunSetting;
}

function patientOf(resources: readonly CompiledResource[], run: Run): string | undefined {
  const patient = resources.find(({ type }) => type === 'Patient');
  return patient === undefined ? undefined : run.instances(patient.name)[0]?.id;
}

/** With the rule sets of what lasts beyond the message. */
interface RunParts extends MappingParts {
  readonly lasting: readonly CompiledResource[];
  /** Segments about the message itself whose rest is kept with what is about it. */
  readonly about: ReadonlySet<string>;
}

/** One message on its way through a mapping. */
interface Passage {
  readonly parts: RunParts;
  readonly message: Message;
  readonly context: MappingContext;
  readonly structured: Structured;
}

const NONE: ReadonlySet<string> = new Set();

function pass({ parts, message, context, structured }: Passage, hidden: ReadonlySet<string>): Passed {
  const resources = context.envelope === true ? parts.resources : parts.lasting;
  const run = new Run(message, context, parts.setting, hidden);
  const root = Env.of(run, structured.root);
  const trace: TraceEntry[] | undefined = context.trace === true ? [] : undefined;
  identifyAll(resources, root);
  const dropped = makeAll(resources, run, trace);
  return { run, root, resources, trace, dropped };
}

/** What one passage made, and what it left out. */
interface Passed {
  readonly run: Run;
  readonly root: Env;
  readonly resources: readonly CompiledResource[];
  readonly trace: TraceEntry[] | undefined;
  readonly dropped: ReadonlySet<string>;
}

/**
 * Whether a resource lacks what it cannot be without shows when it is made, and others may refer to it by then (and
 * cannot be without it in their turn). So the message passes again, with nobody seeing what was left out.
 */
function passUntilStable(passage: Passage): Passed {
  let hidden = NONE;
  for (;;) {
    const passed = pass(passage, hidden);
    if (passed.dropped.size <= hidden.size) return passed;
    hidden = passed.dropped;
  }
}

function runMapping(parts: RunParts, message: Message, context: MappingContext): MappingResult {
  const structured = matchStructure(message, parts.structure);
  const { run, root, resources, trace } = passUntilStable({ parts, message, context, structured });
  const directives = parts.directives.flatMap(({ placement, when, state }) =>
    placement.over(root).flatMap((env) => (when === undefined || when(env) ? state(env) : [])),
  );
  const left = run.account.left(parts, context.envelope === true ? parts.about : undefined);
  const unmapped = keepRest(left, { resources, run, trace });
  const patches = run.patches.all();
  const stated = context.envelope === true ? statedPatches(directives, patches, run) : [];
  return {
    patches: stated.length === 0 ? patches : [...patches, ...stated],
    directives,
    snapshots: snapshotsOf(resources, run, patientOf(resources, run)),
    unmapped,
    unknownCodes: run.unknownCodes,
    isRepeatable: run.isRepeatable,
    warnings: [...structured.warnings, ...run.warnings],
    ...(trace === undefined ? {} : { trace }),
    mappingVersion: parts.version,
  };
}

/** A mapping ready to run. */
export function compiledMapping(parts: MappingParts): CompiledMapping {
  const lasting = parts.resources.filter(({ envelope }) => !envelope);
  const envelope = parts.resources.filter((resource) => resource.envelope);
  const about = new Set(
    envelope.flatMap(({ rest }) =>
      rest === undefined ? [] : [...rest.near, ...rest.far.map(({ segment }) => segment)],
    ),
  );
  const all = { ...parts, lasting, about };
  return {
    structure: parts.structure.id,
    version: parts.version,
    run: (message, context) => runMapping(all, message, context),
  };
}
