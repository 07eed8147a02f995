import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { nearest } from './check-schema.ts';
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

const model: Model = r4 as unknown as Model;
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

/** The type of an expression as far as it is known; `undefined` ends the checking of what follows. */
type Known = string | undefined;

/** Checks every path of an expression against R4 and the variables: fhirpath itself answers a misspelt path with nothing. */
export function lintPaths(expression: string, anchors: readonly string[]): readonly PathFault[] {
  const faults: PathFault[] = [];
  const tree: Node = fhirpath.parse(expression) as Node;
  const variables: Readonly<Record<string, readonly string[]>> = {
    '%doc': Object.keys(DOC_MEMBERS),
    '%event': [...Object.keys(EVENT_MEMBERS), 'id'],
    '%enrolment': ['key', 'start', 'round', 'id'],
    '%anchor': anchors,
    '%reply': ['number', 'text', 'channel'],
    pregnancy: PREGNANCY,
  };
  const miss = (name: string, on: string, known: readonly string[]): undefined => {
    const meant = nearest(name, known);
    faults.push({ name, on, ...(meant === undefined ? {} : { meant }) });
  };

  const member = (on: Known, name: string): Known => {
    if (on === undefined) return undefined;
    const names = variables[on];
    if (names === undefined) {
      const found = elementType(on, name);
      return found.ok ? found.type : miss(name, on, elementsOf(on));
    }
    if (!names.includes(name)) return miss(name, on, names);
    if (on === '%doc') return name === 'pregnancy' ? 'pregnancy' : DOC_MEMBERS[name]?.[0];
    return on === '%event' ? EVENT_MEMBERS[name] : undefined;
  };

  const invoke = (node: Node, on: Known): Known => {
    if (node.type === 'MemberInvocation') return member(on, unquote(node.text ?? ''));
    if (node.type !== 'FunctionInvocation') return undefined;
    const [functn] = node.children ?? [];
    const [identifier, params] = functn?.children ?? [];
    const name = identifier?.text ?? '';
    const types = (params?.children ?? []).map((param) =>
      name === 'ofType' || name === 'as' ? undefined : walk(param, on),
    );
    if (KEEPS_TYPE.has(name)) return on;
    return name === 'select' ? types[0] : undefined;
  };

  const walk = (node: Node, context: Known): Known => {
    const children = node.children ?? [];
    const [first, second] = children;
    switch (node.type) {
      case 'EntireExpression':
      case 'TermExpression':
      case 'ParenthesizedTerm':
        return first === undefined ? undefined : walk(first, context);
      case 'InvocationExpression':
        return first === undefined || second === undefined ? undefined : invoke(second, walk(first, context));
      case 'InvocationTerm':
        return first === undefined ? undefined : first.type === 'ThisInvocation' ? context : invoke(first, context);
      case 'ExternalConstantTerm':
        return `%${unquote((node.text ?? '').replace('%', ''))}` in variables
          ? `%${unquote((node.text ?? '').replace('%', ''))}`
          : undefined;
      case 'LiteralTerm':
        return undefined;
      case 'TypeExpression':
        if (first !== undefined) walk(first, context);
        return undefined;
      default:
        for (const child of children) walk(child, context);
        return undefined;
    }
  };
  walk(tree, undefined);
  return faults;
}

function elementType(on: string, name: string): { readonly ok: true; readonly type: Known } | { readonly ok: false } {
  if (name === on || name === 'resourceType') return { ok: true, type: name === on ? on : undefined };
  for (let owner: Known = on; owner !== undefined; owner = model.type2Parent[owner]) {
    const path = `${owner}.${name}`;
    if (path in model.choiceTypePaths) return { ok: true, type: undefined };
    const type = model.path2Type[path];
    if (type !== undefined) return { ok: true, type: typeof type !== 'string' || isBackbone(type) ? path : type };
    if (isChoice(owner, name)) return { ok: true, type: undefined };
  }
  return on.includes('.') && !(`${on}.${name}` in model.path2Type) && isBase(name)
    ? { ok: true, type: undefined }
    : { ok: false };
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
