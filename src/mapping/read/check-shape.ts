import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { didYouMean } from '../../core/nearest.ts';
import { problem, type Place, type Problem } from '../../core/problem.ts';
import { entriesOf, plainOf, type Node } from '../source/node.ts';
import { OUTBOUND_PLACE_SCHEMA, OUTBOUND_SCHEMA, OUTBOUND_SETTINGS_SCHEMA } from '../outbound/schema.ts';
import { conforms } from './conforms.ts';
import { MAPPING_SCHEMA, STRUCTURE_SCHEMA, TABLE_SCHEMA } from './schemas.ts';

/** Kinds of files below `mappings/`. */
type Shape = 'mapping' | 'structure' | 'table' | 'outbound' | 'outbound-place' | 'outbound-settings';

const SCHEMAS: Readonly<Record<Shape, Readonly<Record<string, unknown>>>> = {
  mapping: MAPPING_SCHEMA,
  structure: STRUCTURE_SCHEMA,
  table: TABLE_SCHEMA,
  outbound: OUTBOUND_SCHEMA,
  'outbound-place': OUTBOUND_PLACE_SCHEMA,
  'outbound-settings': OUTBOUND_SETTINGS_SCHEMA,
};

const validators = new Map<Shape, ValidateFunction>();

function validatorOf(shape: Shape): ValidateFunction {
  const known = validators.get(shape);
  if (known !== undefined) return known;
  const made = new Ajv({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    strict: false,
    meta: false,
    validateSchema: false,
  }).compile(SCHEMAS[shape]);
  validators.set(shape, made);
  return made;
}

function step(node: Node | undefined, name: string): Node | undefined {
  if (node?.kind === 'list') return node.items[Number(name)];
  return entriesOf(node).find(({ key }) => key === name)?.value;
}

function describe(fault: ErrorObject, node: Node): { at: Place; message: string; path: string } {
  const names = fault.instancePath
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: Node | undefined = node;
  for (const name of names) at = step(at, name) ?? at;
  const params: Readonly<Record<string, unknown>> = fault.params;
  const extra = params['additionalProperty'];
  const path = names.join('.');
  if (typeof extra !== 'string') return { at: at.at, path, message: fault.message ?? 'is not valid' };
  const entry = entriesOf(at).find(({ key }) => key === extra);
  const parent: Readonly<Record<string, unknown>> = fault.parentSchema ?? {};
  const schema = parent['properties'];
  const known = typeof schema === 'object' && schema !== null ? Object.keys(schema) : [];
  return {
    at: entry?.at ?? at.at,
    path: [...names, extra].join('.'),
    message: `unknown key "${extra}"${didYouMean(extra, known)}`,
  };
}

/** Faults of the shape of a file. Of alternatives (`anyOf`) only the summary is reported. */
export function checkShape(shape: Shape, node: Node): readonly Problem[] {
  const plain = plainOf(node);
  if (conforms(SCHEMAS[shape], plain)) return [];
  const validate = validatorOf(shape);
  if (validate(plain)) return [];
  const faults = validate.errors ?? [];
  const inner = faults.filter(
    ({ keyword, schemaPath }) => keyword !== 'anyOf' && !/\/(?:anyOf|oneOf)\/\d/u.test(schemaPath),
  );
  return (inner.length > 0 ? inner : faults).map((fault) => {
    const { at, path, message } = describe(fault, node);
    return problem('mapping.shape', message, { ...at, path });
  });
}
