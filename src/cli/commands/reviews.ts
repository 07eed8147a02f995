import { askAndPrint, withCommonOptions, withExamples, type Cli, type CommonOptions } from '../command.ts';
import { shown } from '../terminal.ts';
import type { Line } from '../../app/operations/operation.ts';

interface ReviewOptions extends CommonOptions {
  readonly state?: string;
  readonly reason?: string;
  readonly by?: string;
}

/** `jingluo review list|decide|export`. */
export function registerReviews(cli: Cli): void {
  const review = cli.program
    .command('review')
    .description('what waits for a clerk: pairs that may be one person, held messages');
  const list = review.command('list').description('open reviews, oldest first');
  withCommonOptions(list)
    .option('--state <state>', 'open, decided, moot or all', 'open')
    .action((options: ReviewOptions) =>
      askAndPrint(cli, { operation: 'review.list', params: { ...options }, options, format: row }),
    );
  const decide = review
    .command('decide <id> <verdict>')
    .description('verdict: same, different, rename, new-holder or need-more');
  withCommonOptions(decide)
    .option('--candidate <id>', 'which candidate, where there are several')
    .option('--confirmed-by <user>', 'second person, where two persons with clinical data become one')
    .option('--reason <text>', 'why')
    .option('--by <user>', 'who decides', process.env['USER'] ?? 'cli')
    .action((id: string, verdict: string, options: ReviewOptions) =>
      askAndPrint(cli, {
        operation: 'review.decide',
        params: { ...options, id, verdict },
        options,
        format: (line) => JSON.stringify(line),
      }),
    );
  const exported = review.command('export').description('all reviews with what was decided, one JSON text a line');
  withCommonOptions(exported).action((options: ReviewOptions) =>
    askAndPrint(cli, {
      operation: 'review.list',
      params: { state: 'all' },
      options,
      format: (line) => JSON.stringify(line),
    }),
  );
  withExamples(review, [
    'review list',
    "review decide r-12 different --reason 'asked at the desk'",
    'review export > reviews.ndjson',
  ]);
}

function row({ id, kind, state, at, subject, candidates }: Line): string {
  const list = Array.isArray(candidates) ? (candidates as readonly Line[]) : [];
  const pairs = list.map(({ rec, guards }) => `${shown(rec)} ${shown(guards)}`);
  return [id, kind, state, at, `${shown(subject)} ~ ${pairs.join(', ')}`].map(shown).join('  ');
}
