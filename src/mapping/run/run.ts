import { uuidV5 } from '../../core/ids.ts';
import { problem, type Problem, type ProblemCode } from '../../core/problem.ts';
import type { NaturalKey } from '../../fhir/patch.ts';
import type { Message, Segment } from '../../hl7/message.ts';
import type { GroupInstance } from '../../hl7/structure.ts';
import { readTs } from '../../hl7/lenient-ts.ts';
import type { Hl7Time } from '../../hl7/parse-ts.ts';
import type { MappingContext } from '../contract.ts';
import type { UnknownCode } from '../result.ts';
import type { Converting, StubResource } from '../convert/converting.ts';
import { formatOffset } from '../convert/times.ts';
import { namedCodes } from '../../fhir/local-systems.ts';
import { uriOf } from '../../fhir/uris.ts';
import { zoneOffset } from '../convert/zone.ts';
import { Account } from './account.ts';
import { Cell } from './cell.ts';
import { Instances } from './instances.ts';
import { Memory } from './memory.ts';
import { Patches } from './patches.ts';
import { Presence } from './presence.ts';
import type { RunSetting } from './run-setting.ts';
import { eraOf, type Era } from './era.ts';
import type { Recalled } from './recalled.ts';

/** Where in the message a rule stands while it runs. All are of one shape: rules look at them all the time. */
export class Env {
  readonly run: Run;
  readonly group: GroupInstance;
  /** The segment that `from:` or `each:` chose. */
  readonly segment: Segment | undefined;
  /** The repetition that `each: PV1-7` or a filter looks at. */
  readonly cell: Cell | undefined;
  /** The resource that is being made. */
  readonly instance: Instance | undefined;

  private constructor(run: Run, group: GroupInstance, at: Pick<Env, 'segment' | 'cell' | 'instance'>) {
    this.run = run;
    this.group = group;
    this.segment = at.segment;
    this.cell = at.cell;
    this.instance = at.instance;
  }

  /** In a group, on one of its segments. */
  static of(run: Run, group: GroupInstance, segment?: Segment): Env {
    return new Env(run, group, { segment, cell: undefined, instance: undefined });
  }

  at(group: GroupInstance): Env {
    return new Env(this.run, group, this);
  }

  on(segment: Segment): Env {
    const { cell, instance } = this;
    return new Env(this.run, this.group, { segment, cell, instance });
  }

  looking(cell: Cell): Env {
    const { segment, instance } = this;
    return new Env(this.run, this.group, { segment, cell, instance });
  }

  making(instance: Instance): Env {
    const { segment, cell } = this;
    return new Env(this.run, this.group, { segment, cell, instance });
  }
}

/** One resource of one message, known by its id before its elements are made. */
export interface Instance {
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly key: NaturalKey | undefined;
  readonly env: Env;
  /** Continuations: further places that gave the same key and are joined to it. */
  readonly also: Env[];
  /** An earlier place of the same rule set gave the same key. */
  readonly repeats: boolean;
  /** `Patient/<id>`. */
  readonly reference: string;
  /** The same as a Reference, one for all who refer to it. */
  readonly link: { readonly reference: string };
}

/** A rule set and the id of one of its resources, which several may share. */
export const placeOf = ({ name, id }: Pick<Instance, 'name' | 'id'>): string => `${name}/${id}`;

const NO_INSTANCES: readonly Instance[] = [];
const NOTHING: ReadonlySet<string> = new Set();
const NO_CODES: readonly UnknownCode[] = [];

/** A resource that was made known as a reference target. */
export interface MadeStub {
  readonly resource: StubResource;
  readonly id: string;
}

/** How far a run had come. */
interface Watched {
  readonly touches: number;
  readonly stubs: number;
  readonly asides: number;
}

interface Seen {
  readonly touched: readonly (Cell | Recalled)[];
  readonly stubs: readonly MadeStub[];
}

/** The mapping of one message while it is under way. */
export class Run implements Converting {
  readonly message: Message;
  readonly context: MappingContext;
  readonly account: Account;
  readonly presence: Presence;
  readonly warnings: Problem[] = [];
  readonly patches = new Patches();
  /**
   * What else decides what rules yield, beside the message's fields; undefined where they may not use what they yielded
   * for the same texts before, as where each value is to be traced.
   */
  readonly era: Era | undefined;
  /** No rule has looked at when the message was sent, or at its number. */
  isRepeatable = true;
  readonly #setting: RunSetting;
  readonly #warned = new Set<string>();
  readonly #unknownCodes = new Map<string, UnknownCode>();
  readonly #instances = new Map<string, Instances<Instance>>();
  readonly #hidden: ReadonlySet<string>;
  readonly #hiddenInstances: Instance[] = [];
  readonly #places = new Map<string, number>();
  /** By id, which is of one type only. */
  readonly #byId = new Map<string, Instance>();
  /** Cells that went into the resource being made: the first `#touches` of the list, which is used again and again. */
  readonly #touched: (Cell | Recalled)[] = [];
  #touches = 0;
  /** Cells that were touched before those, and are known to the trace. */
  readonly #taken: Cell[] = [];
  readonly #times = new Map<string, string>();
  readonly #stubs: MadeStub[] = [];
  /** How often a rule asked or told something beside the fields it reads and the values it gives. */
  #asides = 0;
  #messageOffset: string | null | undefined;

  /**
   * @param hidden resources that are known to be left out, by {@link placeOf}: nothing may refer to them
   */
  constructor(message: Message, context: MappingContext, setting: RunSetting, hidden: ReadonlySet<string> = NOTHING) {
    this.#hidden = hidden;
    this.message = message;
    this.context = context;
    this.presence = new Presence(message);
    this.account = new Account(message, this.presence);
    this.#setting = setting;
    this.era = context.trace === true ? undefined : eraOf(message, context, setting);
  }

  // ---- resources made so far

  /** Resources of one rule set, in message order. */
  instances(name: string): readonly Instance[] {
    this.#asides += 1;
    return this.#instances.get(name)?.all ?? NO_INSTANCES;
  }

  /** Those of them that stand in this group of the message, which is `up` groups around them. */
  instancesIn(name: string, up: number, group: GroupInstance): readonly Instance[] {
    this.#asides += 1;
    return this.#instances.get(name)?.within(up, group) ?? NO_INSTANCES;
  }

  instanceById(type: string, id: string): Instance | undefined {
    const found = this.#byId.get(id);
    return found?.type === type ? found : undefined;
  }

  addInstance(instance: Instance): void {
    if (!this.#byId.has(instance.id)) this.#byId.set(instance.id, instance);
    if (this.#hidden.size > 0 && this.#hidden.has(placeOf(instance))) {
      this.#hiddenInstances.push(instance);
      return;
    }
    let list = this.#instances.get(instance.name);
    if (list === undefined) this.#instances.set(instance.name, (list = new Instances()));
    list.add(instance);
  }

  /** Those of a rule set that nothing may refer to. */
  hiddenInstances(name: string): readonly Instance[] {
    if (this.#hiddenInstances.length === 0) return NO_INSTANCES;
    return this.#hiddenInstances.filter((instance) => instance.name === name);
  }

  /** The number of the next place that gives the key of this resource again, from 2. */
  nextPlace(id: string): number {
    const next = (this.#places.get(id) ?? 1) + 1;
    this.#places.set(id, next);
    return next;
  }

  idOf(type: string, { namespace, kind, value }: NaturalKey): string {
    return uuidV5(this.context.installation, type, namespace, kind, value);
  }

  // ---- loss account

  /** Notes that a cell went into a value. */
  touch(cell: Cell): void {
    this.#touched[this.#touches] = cell;
    this.#touches += 1;
  }

  /** Accounts for the cells touched so far. */
  useTouched(): void {
    for (let index = 0; index < this.#touches; index += 1) {
      const touched = this.#touched[index];
      if (touched instanceof Cell) this.account.use(touched);
      else if (touched !== undefined) this.account.useAgain(touched);
    }
    for (const cell of this.#taken) this.account.use(cell);
    this.forgetTouched();
  }

  /** The cells touched since they were taken last, to tell where a value comes from; still to be accounted for. */
  takeTouched(): readonly Cell[] {
    const taken = this.#touched.slice(0, this.#touches).filter((one) => one instanceof Cell);
    this.#taken.push(...taken);
    this.#touches = 0;
    return taken;
  }

  /** What was touched went into nothing. */
  forgetTouched(): void {
    this.#touches = 0;
    if (this.#taken.length > 0) this.#taken.length = 0;
  }

  // ---- what rules yielded for the same texts before

  /** Notes that what went into a value once went into it again. */
  touchAgain(recalled: Recalled): void {
    this.#touched[this.#touches] = recalled;
    this.#touches += 1;
  }

  /** Makes known again what a remembered value refers to. */
  stubAgain(made: MadeStub): void {
    this.#stubs.push(made);
    this.patches.addStub(made.resource, made.id);
  }

  /** What was touched, asked and told so far; see {@link seenSince}. */
  watch(): Watched {
    return { touches: this.#touches, stubs: this.#stubs.length, asides: this.#asides };
  }

  /** What was touched and made known since; undefined where something else was asked or told, so that it differs. */
  seenSince({ touches, stubs, asides }: Watched): Seen | undefined {
    if (this.#asides !== asides) return undefined;
    return { touched: this.#touched.slice(touches, this.#touches), stubs: this.#stubs.slice(stubs) };
  }

  // ---- what conversions ask and tell

  /** Times that were read already; what a rule makes of one depends on the message's offset. */
  get times(): Map<string, string> {
    this.#asides += 1;
    return this.#times;
  }

  namespace(authority: string, kind: string): string {
    return authority === '' ? (this.context.ids[kind] ?? this.context.source) : authority;
  }

  codeSystem(name: string): string | undefined {
    if (name === '' || name === 'L') return this.#setting.codeSystems.get(name);
    return this.#setting.codeSystems.get(name) ?? unknownSystems.get(name, () => unknownSystem(name));
  }

  offset(time: Hl7Time): string {
    this.#asides += 1;
    const declared = this.#declaredOffset();
    return declared ?? zoneOffset(this.#setting.zone ?? this.context.zone, time);
  }

  invalid(cell: Cell, expected: string): void {
    this.account.lose(cell, 'invalid-value');
    this.warn('mapping.invalid-value', `the value is not ${expected}`, cell);
  }

  /** Codes that tables lack, each once. */
  get unknownCodes(): readonly UnknownCode[] {
    return this.#unknownCodes.size === 0 ? NO_CODES : [...this.#unknownCodes.values()];
  }

  lacksCode(cell: Cell, table: string): void {
    const code = cell.text();
    this.#unknownCodes.set(`${table}\u001f${code}`, { table, code });
    this.account.lose(cell, 'table-lacks-code');
    this.warn('mapping.table-lacks-code', `table ${table} does not contain the code that was sent`, cell);
  }

  /** Tells what was odd, once: several rules look at one field. */
  warn(code: ProblemCode, message: string, cell?: Cell): void {
    this.#asides += 1;
    const path = cell === undefined ? undefined : this.account.addressOf(cell);
    const key = `${code}\u001f${path ?? ''}\u001f${message}`;
    if (path !== undefined && this.#warned.has(key)) return;
    this.#warned.add(key);
    this.warnings.push(problem(code, message, path === undefined ? undefined : { path }));
  }

  stub(resource: StubResource): string {
    const id = stubId(this.context.installation, resource.type, resource.key);
    this.stubAgain({ resource, id });
    return `${resource.type}/${id}`;
  }

  #declaredOffset(): string | null {
    if (this.#messageOffset === undefined) {
      const offset = readTs(this.message.first('MSH')?.value(7) ?? '')?.offset;
      this.#messageOffset = offset === undefined ? null : formatOffset(offset);
    }
    return this.#messageOffset;
  }
}

/** Ids of doctors, departments and places. */
const stubIds = new Memory<string>();

function stubId(installation: string, type: string, { namespace, kind, value }: NaturalKey): string {
  return stubIds.get(`${installation}\u001f${type}\u001f${namespace}\u001f${kind}\u001f${value}`, () =>
    uuidV5(installation, type, namespace, kind, value),
  );
}

/** URIs of names that no table has. */
const unknownSystems = new Memory<string>();

/** A coding system that no table names keeps its name below a URN, a URI or OID stands for itself. */
function unknownSystem(name: string): string {
  const uri = uriOf(name);
  if (uri !== undefined) return uri;
  const table = /^HL7(?:NZ)?(\d{4})$/u.exec(name)?.[1];
  if (table !== undefined) return `http://terminology.hl7.org/CodeSystem/v2-${table}`;
  return namedCodes(name);
}
