import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { nearest } from '../../core/nearest.ts';
import { DOC_MEMBERS, EVENT_MEMBERS } from './reads.ts';

/** A path that R4 or the plan's variables do not have. */
export interface PathFault {
  readonly name: string;
  readonly on: string;
  readonly meant?: string;
}

interface Node {
  readonly type: string;
  readonly text?: string;
  readonly children?: readonly Node[];
}

interface Model {
  readonly path2Type: Readonly<Record<string, unknown>>;
  readonly choiceTypePaths: Readonly<Record<string, readonly string[]>>;
  readonly type2Parent: Readonly<Record<string, string>>;
}

const model: Model = r4;
const KEEPS_TYPE = new Set([
  'where',
  'first',
  'last',
  'tail',
  'skip',
  'take',
  'distinct',
  'single',
  'concept',
  'trace',
]);
const PREGNANCY = ['id', 'lmp', 'edd', 'datedBy', 'state', 'deliveredAt', 'outcome'];

const NAMES_A_TYPE = new Set(['ofType', 'as', 'is']);
const WRAPPERS = new Set(['EntireExpression', 'TermExpression', 'ParenthesizedTerm']);

/** The type of an expression as far as it is known; `undefined` ends the checking of what follows. */
type Known = string | undefined;

/** Checks every path of an expression against R4 and the variables: fhirpath itself answers a misspelt path with nothing. */
export function lintPaths(expression: string, anchors: readonly string[]): readonly PathFault[] {
  const linter = new Linter(anchors);
  const tree: unknown = fhirpath.parse(expression);
  linter.walk(tree as Node, undefined);
  return linter.faults;
}

class Linter {
  readonly faults: PathFault[] = [];
  readonly #variables: Readonly<Record<string, readonly string[]>>;

  constructor(anchors: readonly string[]) {
    this.#variables = {
      '%doc': Object.keys(DOC_MEMBERS),
      '%event': [...Object.keys(EVENT_MEMBERS), 'id'],
      '%enrolment': ['key', 'start', 'round', 'id'],
      '%anchor': anchors,
      '%reply': ['number', 'text', 'channel'],
      pregnancy: PREGNANCY,
    };
  }

  /** The type of an expression in a context. */
  walk(node: Node, context: Known): Known {
    const children = node.children ?? [];
    const [first, second] = children;
    if (first === undefined) return node.type === 'ExternalConstantTerm' ? this.#variable(node) : undefined;
    if (WRAPPERS.has(node.type)) return this.walk(first, context);
    if (node.type === 'InvocationTerm') return first.type === 'ThisInvocation' ? context : this.#invoke(first, context);
    if (node.type === 'ExternalConstantTerm') return this.#variable(node);
    if (node.type === 'InvocationExpression' && second !== undefined)
      return this.#invoke(second, this.walk(first, context));
    // `x is Period`: what stands behind is a type, not a path.
    for (const child of node.type === 'TypeExpression' ? [first] : children) this.walk(child, context);
    return undefined;
  }

  #variable(node: Node): Known {
    const name = `%${unquote((node.text ?? '').replace('%', ''))}`;
    return name in this.#variables ? name : undefined;
  }

  #invoke(node: Node, on: Known): Known {
    if (node.type === 'FunctionInvocation') return this.#call(node, on);
    if (node.type !== 'MemberInvocation' || on === undefined) return undefined;
    return this.#member(on, unquote(node.text ?? ''));
  }

  #call(node: Node, on: Known): Known {
    const [identifier, params] = node.children?.[0]?.children ?? [];
    const name = identifier?.text ?? '';
    if (NAMES_A_TYPE.has(name)) return undefined;
    const types = (params?.children ?? []).map((param) => this.walk(param, on));
    return name === 'select' ? types[0] : KEEPS_TYPE.has(name) ? on : undefined;
  }

  #member(on: string, name: string): Known {
    const names = this.#variables[on];
    if (names === undefined) {
      const found = elementType(on, name);
      return found.ok ? found.type : this.#miss(name, on, elementsOf(on));
    }
    if (!names.includes(name)) return this.#miss(name, on, names);
    if (on === '%event') return EVENT_MEMBERS[name];
    if (on !== '%doc') return undefined;
    return name === 'pregnancy' ? 'pregnancy' : DOC_MEMBERS[name]?.[0];
  }

  #miss(name: string, on: string, known: readonly string[]): Known {
    const meant = nearest(name, known);
    this.faults.push({ name, on, ...(meant === undefined ? {} : { meant }) });
    return undefined;
  }
}

function elementType(on: string, name: string): { readonly ok: true; readonly type: Known } | { readonly ok: false } {
  if (name === on) return { ok: true, type: on };
  if (name === 'resourceType' || isBase(name)) return { ok: true, type: undefined };
  for (let owner: Known = on; owner !== undefined; owner = model.type2Parent[owner]) {
    const path = `${owner}.${name}`;
    const type = model.path2Type[path];
    if (type !== undefined) return { ok: true, type: typeof type !== 'string' || isBackbone(type) ? path : type };
    if (path in model.choiceTypePaths || isChoice(owner, name)) return { ok: true, type: undefined };
  }
  return { ok: false };
}

function isBackbone(type: string): boolean {
  return type === 'BackboneElement' || type === 'Element' || type === '';
}

function isBase(name: string): boolean {
  return name === 'id' || name === 'extension' || name === 'modifierExtension';
}

/** `effectiveDateTime`: the JSON name of a choice. */
function isChoice(owner: string, name: string): boolean {
  return Object.entries(model.choiceTypePaths).some(([path, types]) => {
    if (!path.startsWith(`${owner}.`)) return false;
    const stem = path.slice(owner.length + 1);
    return types.some((type) => name === `${stem}${type.charAt(0).toUpperCase()}${type.slice(1)}`);
  });
}

function elementsOf(on: string): readonly string[] {
  const names: string[] = [];
  for (let owner: Known = on; owner !== undefined; owner = model.type2Parent[owner]) {
    const prefix = `${owner}.`;
    const own = [...Object.keys(model.path2Type), ...Object.keys(model.choiceTypePaths)];
    for (const path of own) {
      if (path.startsWith(prefix) && !path.includes('.', prefix.length)) names.push(path.slice(prefix.length));
    }
  }
  return names;
}

function unquote(name: string): string {
  return name.replaceAll('`', '');
}
