import type { Condition, Expression, PathExpression } from '../language/ast.ts';

/** HL7 fields that a rule reads (`PID-5.1`), and those that only decide whether it applies. */
export interface Readings {
  readonly fields: readonly string[];
  readonly conditions: readonly string[];
}

/** What a relative path (`.5`) speaks of: the field that `each:` or a filter looks at. */
type Around = string | undefined;

const NONE: Readings = { fields: [], conditions: [] };

/** Joins what several parts read, each field once. */
export function joinReadings(all: readonly Readings[]): Readings {
  return {
    fields: [...new Set(all.flatMap(({ fields }) => fields))],
    conditions: [...new Set(all.flatMap(({ conditions }) => conditions))],
  };
}

/** The same fields, as conditions. */
export const asConditions = ({ fields, conditions }: Readings): Readings => ({
  fields: [],
  conditions: [...new Set([...fields, ...conditions])],
});

function addressOf({ segment, field, component, subcomponent }: PathExpression, around: Around): string | undefined {
  const base = segment === undefined ? around : `${segment}-${field ?? 0}`;
  if (base === undefined) return undefined;
  const parts = [component, subcomponent].filter((part) => part !== undefined);
  return [base, ...parts].join('.');
}

function ofPath(path: PathExpression, around: Around): Readings {
  const address = addressOf(path, around);
  const base = path.segment === undefined ? around : `${path.segment}-${path.field ?? 0}`;
  const filter = path.filter === undefined ? NONE : asConditions(conditionReadings(path.filter, base));
  return joinReadings([{ fields: address === undefined ? [] : [address], conditions: [] }, filter]);
}

/** Fields that an expression reads. */
export function readingsOf(expression: Expression, around?: string): Readings {
  switch (expression.kind) {
    case 'path':
      return ofPath(expression, around);
    case 'literal':
    case 'reference':
      return NONE;
    case 'call':
      return joinReadings(
        [expression.input, ...expression.args.map(({ value }) => value)].map((part) => readingsOf(part, around)),
      );
    case 'else':
      return joinReadings(expression.options.map((option) => readingsOf(option, around)));
    case 'period':
      return joinReadings([expression.start, expression.end].map((part) => readingsOf(part, around)));
  }
}

/** Fields that a condition looks at. */
export function conditionReadings(condition: Condition, around?: string): Readings {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return joinReadings(condition.parts.map((part) => conditionReadings(part, around)));
    case 'not':
      return conditionReadings(condition.part, around);
    case 'segment':
      return NONE;
    default:
      return readingsOf(condition.of, around);
  }
}
