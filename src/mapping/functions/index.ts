import type { MappingFunction } from '../compile/compiled.ts';
import { extensionFunction, systemFunction } from './concept.ts';
import { identifierFunction, nationalFunction, typeFunction } from './identifier.ts';
import { knownFunction } from './known.ts';
import { membersFunction } from './members.ts';
import { plusFunction } from './plus.ts';
import { byFunction, rangeFunction, unitFunction } from './quantity.ts';
import { roleFunction } from './role.ts';
import { tableFunction } from './table.ts';
import { TEXT_FUNCTIONS } from './text.ts';
import { toFunction } from './to.ts';
import { timingFunction } from './timing.ts';
import { translateFunction } from './translate.ts';
import { useFunction } from './use.ts';

/** Every function of the mapping language by name. */
export const FUNCTIONS: ReadonlyMap<string, MappingFunction> = new Map(
  [
    tableFunction,
    translateFunction,
    useFunction,
    typeFunction,
    identifierFunction,
    nationalFunction,
    byFunction,
    unitFunction,
    rangeFunction,
    systemFunction,
    extensionFunction,
    membersFunction,
    plusFunction,
    timingFunction,
    knownFunction,
    roleFunction,
    toFunction,
    ...TEXT_FUNCTIONS,
  ].map((entry) => [entry.name, entry]),
);
