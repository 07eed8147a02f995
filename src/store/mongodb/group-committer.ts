import { specOf } from '../check.ts';
import type { ChangeSet, Put } from '../port.ts';
import type { Committer, Outcome } from './committer.ts';
import { nameOf } from './write-plan.ts';

/** Transactions of grouped commits under way at once; more would only make smaller groups. */
const AT_ONCE = 4;
const MAX_COMMITS = 64;
const MAX_BYTES = 2 * 1024 * 1024;

interface Waiting {
  readonly changes: ChangeSet;
  readonly bytes: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets commits that rest on nothing but absent rows, which is what intake does for each message, share a transaction: nobody waits for a
 * timer, but what arrives while four transactions are under way goes together into the next one. Each commit stays all
 * or nothing. Where a group does not go through because of one of them, they are committed one by one.
 */
export class GroupCommitter {
  readonly #committer: Committer;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(committer: Committer) {
    this.#committer = committer;
  }

  /** Writes a change set that `checkChanges` has passed. */
  commit(changes: ChangeSet): Promise<Outcome> {
    const bytes = sizeOfAddition(changes);
    if (bytes === undefined) return this.#committer.commit(changes);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, bytes, resolve, reject });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running === AT_ONCE) return;
    this.#running += 1;
    for (let group = this.#take(); group.length > 0; group = this.#take()) await this.#serve(group);
    this.#running -= 1;
  }

  /** The next commits that fit into one transaction and write different rows. */
  #take(): readonly Waiting[] {
    const names = new Set<string>();
    let bytes = 0;
    let count = 0;
    for (const { changes, bytes: more } of this.#waiting) {
      const own = (changes.puts ?? []).map(nameOf);
      const fits = count === 0 || (count < MAX_COMMITS && bytes + more <= MAX_BYTES);
      if (!fits || own.some((name) => names.has(name))) break;
      for (const name of own) names.add(name);
      bytes += more;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #serve(group: readonly Waiting[]): Promise<void> {
    try {
      const outcome = await this.#committer.commit({
        puts: group.flatMap(({ changes }) => changes.puts ?? []),
        expect: group.flatMap(({ changes }) => changes.expect ?? []),
      });
      if (outcome.ok) this.#tell(group, outcome.sequences);
      else await this.#serveEach(group);
    } catch (error) {
      // Whether it became durable may be unknown: it must not be tried again here.
      for (const { reject } of group) reject(error);
    }
  }

  #tell(group: readonly Waiting[], sequences: readonly number[]): void {
    let next = 0;
    for (const { changes, resolve } of group) {
      const asked = (changes.puts ?? []).filter((put) => put.sequence !== undefined).length;
      resolve({ ok: true, sequences: sequences.slice(next, next + asked) });
      next += asked;
    }
  }

  async #serveEach(group: readonly Waiting[]): Promise<void> {
    await Promise.all(
      group.map(async ({ changes, resolve, reject }) => {
        await this.#committer.commit(changes).then(resolve, reject);
      }),
    );
  }
}

/** Bytes of a change set that rests on nothing but absent rows, of plain collections; undefined for every other one. */
function sizeOfAddition({ puts = [], deletes = [], expect = [] }: ChangeSet): number | undefined {
  if (puts.length < 2 || deletes.length > 0) return undefined;
  if (!expect.every(({ rev }) => rev === 0)) return undefined;
  const bytes = puts.map(sizeOf);
  return bytes.includes(undefined) ? undefined : bytes.reduce<number>((total, size) => total + (size ?? 0), 0);
}

function sizeOf({ collection, body }: Put): number | undefined {
  if (specOf(collection).body === 'document') return undefined;
  return typeof body === 'string' ? body.length : body instanceof Uint8Array ? body.byteLength : undefined;
}
