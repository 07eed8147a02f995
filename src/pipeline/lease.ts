import { jsonOf } from '../store/body.ts';
import type { Row, Store } from '../store/port.ts';

/** A lease as it was taken: `unclean` when its last holder was another process and did not give it back. */
export interface Taken {
  readonly unclean: boolean;
}

interface LeaseBody {
  readonly owner: string;
  readonly released: boolean;
}

/**
 * The right of one node to run something (a channel's queue, a timer), held in collection `leases` and renewed while
 * it runs. Time is the store's.
 */
export class Lease {
  readonly #store: Store;
  readonly #id: string;
  readonly #owner: string;
  readonly #ms: number;

  /** @param ms how long it lasts without renewal */
  constructor(store: Store, id: string, owner: string, ms: number) {
    this.#store = store;
    this.#id = id;
    this.#owner = owner;
    this.#ms = ms;
  }

  /**
   * Takes the lease if it is free or has run out.
   * @param sole true where no other process can use this store: then a lease left behind is taken over at once
   */
  async take(sole: boolean): Promise<Taken | undefined> {
    const row = await this.#store.get('leases', this.#id);
    const now = await this.#store.now();
    const body = row === undefined ? undefined : jsonOf<LeaseBody>(row);
    if (!sole && row !== undefined && body?.owner !== this.#owner && runs(row, now)) return undefined;
    const taken = await this.#write(row?.rev ?? 0, { owner: this.#owner, released: false }, now);
    return taken ? { unclean: body?.released === false && body.owner !== this.#owner } : undefined;
  }

  /** Extends the lease; false when somebody else has it. */
  async renew(): Promise<boolean> {
    const row = await this.#store.get('leases', this.#id);
    if (row === undefined || jsonOf<LeaseBody>(row).owner !== this.#owner) return false;
    return this.#write(row.rev, { owner: this.#owner, released: false }, await this.#store.now());
  }

  /** Gives the lease back: the next holder knows that nothing was interrupted. */
  async release(): Promise<void> {
    const row = await this.#store.get('leases', this.#id);
    if (row === undefined || jsonOf<LeaseBody>(row).owner !== this.#owner) return;
    await this.#write(row.rev, { owner: this.#owner, released: true }, await this.#store.now());
  }

  async #write(rev: number, body: LeaseBody, now: Date): Promise<boolean> {
    const committed = await this.#store.commit({
      puts: [
        {
          collection: 'leases',
          id: this.#id,
          body: JSON.stringify(body),
          fields: { owner: body.owner, until: new Date(now.getTime() + this.#ms) },
        },
      ],
      expect: [{ collection: 'leases', id: this.#id, rev }],
    });
    return committed.ok;
  }
}

/** True while somebody holds the lease and has not let it run out. */
function runs(row: Row, now: Date): boolean {
  const until = row.fields['until'];
  return !jsonOf<LeaseBody>(row).released && until instanceof Date && until > now;
}
