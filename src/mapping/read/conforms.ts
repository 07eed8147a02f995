import { isObject } from '../../fhir/json.ts';

type Schema = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const KNOWN_TYPES: Readonly<Record<string, Check>> = {
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: Array.isArray,
};

const schemaOf = (value: unknown): Schema => (isObject(value) ? value : {});
const schemasOf = (value: unknown): readonly Schema[] => (Array.isArray(value) ? value.map(schemaOf) : []);
const textsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** A pattern with what it said of texts: the same names stand in all files. */
interface Pattern {
  readonly expression: RegExp;
  readonly answers: Map<string, boolean>;
}

const known = new Map<string, Pattern>();

function matches(pattern: string, text: string): boolean {
  let found = known.get(pattern);
  if (found === undefined) {
    known.set(pattern, (found = { expression: new RegExp(pattern, 'u'), answers: new Map() }));
  }
  let answer = found.answers.get(text);
  if (answer === undefined) found.answers.set(text, (answer = found.expression.test(text)));
  return answer;
}

function conformsObject(schema: Schema, value: Readonly<Record<string, unknown>>): boolean {
  const properties = schemaOf(schema['properties']);
  const patterns = Object.entries(schemaOf(schema['patternProperties']));
  const required = textsOf(schema['required'] ?? []);
  if (!required.every((name) => typeof name === 'string' && name in value)) return false;
  return Object.entries(value).every(([name, part]) => {
    const own = properties[name];
    const matching = patterns.filter(([pattern]) => matches(pattern, name));
    if (own === undefined && matching.length === 0) {
      const others = schema['additionalProperties'];
      return others === undefined || (others !== false && conforms(schemaOf(others), part));
    }
    return (
      (own === undefined || conforms(schemaOf(own), part)) &&
      matching.every(([, each]) => conforms(schemaOf(each), part))
    );
  });
}

function conformsList(schema: Schema, value: readonly unknown[]): boolean {
  const least = schema['minItems'];
  if (typeof least === 'number' && value.length < least) return false;
  const { items } = schema;
  return items === undefined || value.every((item) => conforms(schemaOf(items), item));
}

function conformsScalar(schema: Schema, value: unknown): boolean {
  const { type, minLength, pattern } = schema;
  if (type !== undefined && !textsOf(type).some((name) => KNOWN_TYPES[String(name)]?.(value) === true)) return false;
  if (schema['enum'] !== undefined && !textsOf(schema['enum']).includes(value)) return false;
  if (typeof pattern === 'string' && typeof value === 'string' && !matches(pattern, value)) return false;
  return typeof minLength !== 'number' || typeof value !== 'string' || value.length >= minLength;
}

/**
 * True for a value that a JSON Schema of the keywords used in `schemas.ts` allows. It only says yes or no, but at once:
 * compiling a schema takes longer than checking every file, and nearly all files are right.
 */
export function conforms(schema: Schema, value: unknown): boolean {
  const { anyOf, oneOf } = schema;
  if (!conformsScalar(schema, value)) return false;
  if (anyOf !== undefined && !schemasOf(anyOf).some((one) => conforms(one, value))) return false;
  if (oneOf !== undefined && schemasOf(oneOf).filter((one) => conforms(one, value)).length !== 1) return false;
  if (Array.isArray(value)) return conformsList(schema, value);
  return !isObject(value) || conformsObject(schema, value);
}
