import type { Processed } from '../../pipeline/process.ts';

/** What became of one message or bundle of a file. */
export interface Loaded {
  readonly id: string;
  readonly outcome: 'loaded' | 'known' | 'failed';
  readonly problem?: NonNullable<Processed['problem']>;
}
