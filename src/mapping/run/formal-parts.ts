/**
 * Components that say something about the others of their value and about nothing else: check digits, the name and system
 * of a code whose code was taken, representations. They go wherever the value went.
 */
const FORMAL: Readonly<Record<string, readonly number[]>> = {
  CX: [2, 3],
  EI: [2, 3, 4],
  HD: [1, 2, 3],
  CWE: [2, 3, 7],
  CF: [2, 3],
  XPN: [8, 9, 11],
  XAD: [11],
  XCN: [8, 11, 12, 15, 18],
  CNN: [8],
  XON: [2, 4, 5, 9],
  ED: [1],
  RP: [2],
};

const bits = new Map(
  Object.entries(FORMAL).map(([type, parts]) => [type, parts.reduce((mask, part) => mask | (1 << part), 0)]),
);

/** The formal components of a type, as bits. */
export const formalParts = (type: string): number => bits.get(type) ?? 0;
