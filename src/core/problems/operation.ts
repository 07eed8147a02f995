import type { ProblemTable } from './table.ts';

/** Problems of the area `operation`: what people ask of an engine. */
export const OPERATION_PROBLEMS = {
  'operation.unknown': {
    meaning: 'The engine has no operation of this name.',
    advice: 'Use the same version of the command and of the running engine.',
  },
  'operation.bad-parameter': {
    meaning: 'A parameter of the command is missing or not of the right form.',
    advice: 'See `--help` of the command.',
  },
  'operation.file': {
    meaning: 'A file cannot be read or holds nothing that can be used.',
    advice: 'Check the path and the content of the file.',
  },
  'operation.bench-failed': {
    meaning: 'A measurement could not be carried to its end.',
    advice: 'Standard error says what stopped it; the figures printed before it are right.',
  },
} as const satisfies ProblemTable;
