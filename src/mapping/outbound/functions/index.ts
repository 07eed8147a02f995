import type { OutboundFunction } from './function.ts';
import { kindFunction } from './kind.ts';
import { tableFunction } from './table.ts';
import { TEXT_FUNCTIONS } from './text.ts';

/** All functions of outbound mappings by name. */
export const FUNCTIONS: ReadonlyMap<string, OutboundFunction> = new Map(
  [tableFunction, kindFunction, ...TEXT_FUNCTIONS].map((one) => [one.name, one]),
);
