import { didYouMean, nearest } from '../../core/nearest.ts';
import { HL7_NULL, type Segment, type Separators } from '../../hl7/message.ts';
import type { Condition, PathExpression } from '../language/ast.ts';
import { nthPart } from '../../hl7/parts.ts';
import { segmentName } from '../../hl7/segment.ts';
import { isEachTime } from '../../hl7/words.ts';
import { Cell, type CellPlace } from '../run/cell.ts';
import { formalParts } from '../run/formal-parts.ts';
import { needOf, type Need } from '../run/presence.ts';
import type { Env } from '../run/run.ts';
import { componentCount, componentType, type FieldType } from '../types/hl7-model.ts';
import { NOTHING, type CompileContext, type Compiled } from './compiled.ts';
import type { Test } from './condition.ts';
import { segmentAt, segmentNames, segmentsAt } from './structure-tree.ts';

type Parts = Pick<PathExpression, 'component' | 'subcomponent'>;

/** Type of a component of a type, and whether it has that component at all. */
function partType(type: string, { component, subcomponent }: Parts): string | undefined {
  if (component === undefined) return type;
  const count = componentCount(type);
  // Open and simple types: component 1 is the value itself, others are what senders add.
  if (count === undefined) return 'ST';
  if (component > count) return undefined;
  const part = componentType(type, component);
  return subcomponent === undefined ? part : componentType(part, subcomponent);
}

function partOf(cell: Cell, { component, subcomponent }: Parts, type: string): Cell | undefined {
  if (component === undefined) return cell;
  const part = cell.inner(component, subcomponent ?? 0, type);
  return part.raw() === '' ? undefined : part;
}

interface Reading {
  readonly place: CellPlace;
  /** The one repetition that the path asks for. */
  readonly repetition: number | undefined;
}

/** A cell of a repetition; where the path asks for a component, of that component if it is populated. */
function cellOf(segment: Segment, place: CellPlace, raw: string, separators: Separators): Cell | undefined {
  if (place.component === 0) return new Cell(segment, place, raw, separators);
  const part = nthPart(raw, separators.component, place.component);
  return part === '' ? undefined : new Cell(segment, place, part, separators);
}

const NONE: readonly Cell[] = [];

/** Cells of one field or of its components: one for each populated repetition; a null field is one null cell. */
function readField(segment: Segment, { place, repetition }: Reading, separators: Separators): readonly Cell[] {
  const raw = segment.field(place.field);
  if (raw === '') return NONE;
  if (!raw.includes(separators.repetition)) {
    if (repetition !== undefined && repetition !== 1 && raw !== HL7_NULL) return NONE;
    const cell = cellOf(segment, place, raw, separators);
    return cell === undefined ? NONE : [cell];
  }
  const cells: Cell[] = [];
  segment.repetitions(place.field).forEach((text, index) => {
    if (text === '' || (repetition !== undefined && repetition !== index + 1)) return;
    const cell = cellOf(segment, { ...place, repetition: index + 1 }, text, separators);
    if (cell !== undefined) cells.push(cell);
  });
  return cells;
}

function fieldOf(path: PathExpression, context: CompileContext): FieldType | undefined {
  const { segment = '', field = 0 } = path;
  const fields = context.around.fieldsOf(segment);
  if (fields === undefined) {
    const { root, segments } = context.around.surroundings;
    const near = nearest(segment, [...segmentNames(root), ...segments.keys()]);
    context.fail(
      'mapping.unknown-path',
      `HL7 has no segment ${segment}${near === undefined ? '' : ` (did you mean "${near}"?)`}`,
      path.at,
    );
    return undefined;
  }
  const found = fields[field - 1];
  if (found === undefined) {
    context.fail('mapping.unknown-path', `${segment} has ${fields.length} fields, not ${field}`, path.at);
  }
  return found;
}

/** How to find the segments of a path: the only one, or all of them where they may be several. */
type Finding =
  | { readonly many: false; readonly one: (env: Env) => Segment | undefined }
  | { readonly many: true; readonly all: (env: Env) => readonly Segment[] };

function findingOf(path: PathExpression, context: CompileContext): Finding | undefined {
  const segment = segmentName(path.segment ?? '');
  if (context.scope.segment === segment) return { many: false, one: (env) => env.segment };
  const way = context.around.wayToSegment(segment);
  if (way === undefined) {
    if (!context.lenient) {
      const { root } = context.around.surroundings;
      const hint = didYouMean(segment, segmentNames(root));
      context.fail('mapping.unknown-path', `the structure ${root.name} has no segment ${segment}${hint}`, path.at);
    }
    return undefined;
  }
  return way.many
    ? { many: true, all: (env) => segmentsAt(way, segment, env.group) }
    : { many: false, one: (env) => segmentAt(way, segment, env.group) };
}

function compileRelative(path: PathExpression, context: CompileContext): Compiled {
  const { relative } = context.scope;
  if (relative === undefined) {
    return context.fail('mapping.unknown-path', 'a path without a segment is only known inside [ ]', path.at);
  }
  return fromCell(path, relative, context);
}

/** Parts of the cell that `each:` or a filter looks at. */
function fromCell(path: PathExpression, whole: string, context: CompileContext): Compiled {
  const type = partType(whole, path);
  if (type === undefined) return tooFar(path, whole, context);
  return {
    hl7: type,
    types: [],
    many: false,
    evaluate: ({ cell }) => {
      const part = cell === undefined ? undefined : partOf(cell, path, type);
      return part === undefined ? [] : [part];
    },
  };
}

function tooFar(path: PathExpression, type: string, context: CompileContext): Compiled {
  const count = componentCount(type) ?? 1;
  return context.fail('mapping.unknown-path', `${type} has ${count} components, not ${path.component ?? 0}`, path.at);
}

/** Compiles the condition of a filter. */
type CompileTest = (condition: Condition, context: CompileContext) => Test;

/** Compiles a path to a closure over the lazy fields of its segments. */
export function compilePath(path: PathExpression, context: CompileContext, test: CompileTest): Compiled {
  if (path.segment === undefined) return compileRelative(path, context);
  const field = fieldOf(path, context);
  if (field === undefined) return NOTHING;
  const { cell } = context.scope;
  const plain = isPlain(path);
  if (plain && cell?.segment === path.segment && cell.field === path.field) return fromCell(path, cell.type, context);
  const type = partType(field.type, path);
  if (type === undefined) return tooFar(path, field.type, context);
  const finding = findingOf(path, context);
  if (finding === undefined) return { ...NOTHING, hl7: type };
  const inFilter = { ...context, scope: { ...context.scope, relative: field.type } };
  const read = compileReading(path, { field: field.type, part: type }, (filter) => test(filter, inFilter));
  noteRead(path, finding, context);
  const many = finding.many || (plain && field.repeats);
  const evaluate = noticed(path, readingFrom(finding, read));
  return { hl7: type, types: [], many, needs: needsOf(path), evaluate };
}

/** The field decides what the rule yields, where it is one field that does not differ each time. */
function noteRead({ segment = '', field = 0 }: PathExpression, finding: Finding, context: CompileContext): void {
  if (finding.many || isEachTime(segment, field)) context.footprint.open();
  else context.footprint.read(segment, { field, segmentOf: finding.one });
}

/** Notes on the run that it looks at what differs each time that a message is sent. */
function noticed({ segment = '', field = 0 }: PathExpression, evaluate: Compiled['evaluate']): Compiled['evaluate'] {
  if (!isEachTime(segment, field)) return evaluate;
  return (env) => {
    env.run.isRepeatable = false;
    return evaluate(env);
  };
}

const needsOf = ({ segment, field }: PathExpression): readonly Need[] =>
  segment === undefined || field === undefined ? [] : [needOf(segment, field)];

function readingFrom(finding: Finding, read: Read): Compiled['evaluate'] {
  if (finding.many) {
    return (env) => {
      const [first, ...others] = finding.all(env);
      if (first === undefined) return NONE;
      const cells = read(first, env);
      return others.length === 0 ? cells : [...cells, ...others.flatMap((segment) => read(segment, env))];
    };
  }
  return (env) => {
    const segment = finding.one(env);
    return segment === undefined ? NONE : read(segment, env);
  };
}

const isPlain = (path: PathExpression): boolean => path.repetition === undefined && path.filter === undefined;

type Read = (segment: Segment, env: Env) => readonly Cell[];

/** HL7 types of a field and of the part of it that a path asks for. */
interface PathTypes {
  readonly field: string;
  readonly part: string;
}

function compileReading(path: PathExpression, types: PathTypes, test: (filter: Condition) => Test): Read {
  const { field = 0, component = 0, subcomponent = 0, repetition } = path;
  const whole: CellPlace = {
    field,
    repetition: 1,
    component: 0,
    subcomponent: 0,
    type: types.field,
    formal: formalParts(types.field),
  };
  if (path.filter === undefined) {
    const place = component === 0 ? whole : { ...whole, component, subcomponent, type: types.part, formal: 0 };
    const reading: Reading = { place, repetition };
    return (segment, { run }) => readField(segment, reading, run.message.separators);
  }
  const reading: Reading = { place: whole, repetition };
  const keep = test(path.filter);
  return (segment, env) => {
    const kept = readField(segment, reading, env.run.message.separators).filter((cell) => keep(env.looking(cell)));
    return component === 0 ? kept : kept.flatMap((cell) => partOf(cell, path, types.part) ?? []);
  };
}
