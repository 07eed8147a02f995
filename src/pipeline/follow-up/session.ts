import { jsonOf } from '../../store/body.ts';
import { uuidV5 } from '../../core/ids.ts';
import type { FhirResource } from '../../fhir/patch.ts';
import type { Applied, PersonView, ResourceChange } from '../../record/contract.ts';
import type { Draft } from '../../store/draft.ts';
import { planOf } from '../../triggers/follow-up-config.ts';
import type { Scope } from '../../triggers/scope.ts';
import type { Plan } from '../../triggers/plan.ts';
import { carePlanOf } from './care-plan.ts';
import type { ReactContext } from './contract.ts';
import type { FollowUpDeps } from './deps.ts';
import type { Enrolment, Occurrence } from './rows.ts';
import { findAll, putEnrolment, putLedger, putOccurrence, readLedgers } from './rows.ts';
import type { EventFacts } from './views.ts';
import { docView, eventView } from './views.ts';

/** One reaction in the making: what was read is kept, what is written goes into the draft at once. */
export class Session {
  readonly deps: FollowUpDeps;
  readonly draft: Draft;
  readonly context: ReactContext;
  readonly #before: ReadonlyMap<string, FhirResource>;
  /** What the message itself wrote: it need not be read back. */
  readonly #after: ReadonlyMap<string, FhirResource>;
  readonly #persons = new Map<string, PersonView | undefined>();
  readonly #enrolments = new Map<string, Enrolment>();
  readonly #loaded = new Set<string>();
  readonly #occurrences = new Map<string, Map<string, Occurrence>>();
  readonly #docs = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #bumped = new Set<string>();
  /** Source records whose enrolments, occurrences or Tasks changed. */
  readonly #changed = new Set<string>();
  #earliest: Date | undefined;

  constructor(deps: FollowUpDeps, draft: Draft, context: ReactContext, applied?: Applied) {
    this.deps = deps;
    this.draft = draft;
    this.context = context;
    const changes = applied?.changes ?? [];
    this.#before = byReference(changes, ({ before }) => before);
    this.#after = byReference(changes, ({ after }) => after);
  }

  /** The earliest due time written so far. */
  get earliest(): Date | undefined {
    return this.#earliest;
  }

  /** The person of a source record as the draft leaves it. */
  async person(rec: string): Promise<PersonView | undefined> {
    if (!this.#persons.has(rec)) this.#persons.set(rec, await this.deps.reader.person(this.draft, rec));
    return this.#persons.get(rec);
  }

  /** True where no ledger exists for any of these: then nobody was ever enrolled. */
  async untouched(recs: readonly string[]): Promise<boolean> {
    const rows = await this.draft.getMany('ledgers', recs);
    return rows.every((row) => row === undefined);
  }

  /** All enrolments of these source records, those of this draft included. */
  async enrolments(recs: readonly string[]): Promise<readonly Enrolment[]> {
    const missing = recs.filter((rec) => !this.#loaded.has(rec));
    if (missing.length > 0) {
      const rows = await findAll(
        this.draft,
        'enrolments',
        missing.map((rec) => `rec|${rec}`),
      );
      for (const row of rows) this.#enrolments.set(row.id, jsonOf<Enrolment>(row));
      for (const rec of missing) this.#loaded.add(rec);
    }
    return [...this.#enrolments.values()].filter((enrolment) => recs.includes(enrolment.rec));
  }

  /** One enrolment by id. */
  async enrolment(id: string): Promise<Enrolment | undefined> {
    const known = this.#enrolments.get(id);
    if (known !== undefined) return known;
    const row = await this.draft.get('enrolments', id);
    if (row === undefined) return undefined;
    const enrolment = jsonOf<Enrolment>(row);
    this.#enrolments.set(id, enrolment);
    return enrolment;
  }

  /** Takes an enrolment as given, without writing it: for simulations. */
  assume(enrolment: Enrolment): void {
    this.#enrolments.set(enrolment.id, enrolment);
  }

  /** Every occurrence of an enrolment, of all rounds. */
  async occurrences(enrolment: Enrolment): Promise<readonly Occurrence[]> {
    return [...(await this.#occurrencesOf(enrolment.id)).values()];
  }

  /** Writes an enrolment and its CarePlan, and bumps the ledger of its source record. */
  async saveEnrolment(enrolment: Enrolment): Promise<void> {
    this.#enrolments.set(enrolment.id, enrolment);
    this.changed([enrolment.rec]);
    putEnrolment(this.draft, enrolment);
    await this.bump([enrolment.rec]);
    const plan = this.planOf(enrolment);
    await this.deps.putOwn(this.draft, {
      resource: carePlanOf(enrolment, plan, this.resourceId('CarePlan', enrolment.id, String(enrolment.round))),
      rec: enrolment.rec,
      at: this.context.now,
      cause: this.context.cause,
    });
  }

  /** Writes an occurrence. */
  async saveOccurrence(occurrence: Occurrence): Promise<void> {
    (await this.#occurrencesOf(occurrence.enrolment)).set(occurrence.id, occurrence);
    putOccurrence(this.draft, occurrence);
    this.changed([occurrence.rec]);
    if (occurrence.state !== 'planned') return;
    const due = new Date(occurrence.next ?? occurrence.due);
    if (this.#earliest === undefined || due < this.#earliest) this.#earliest = due;
  }

  /** Notes that the follow-up of these source records says something else now. */
  changed(recs: readonly string[]): void {
    for (const rec of recs) this.#changed.add(rec);
  }

  /**
   * To be called once before the commit: patient documents follow what was written. Their rows become expectations even
   * where they stay the same, for the section rests on rows of others.
   */
  async finish(): Promise<void> {
    const recs = [...this.#changed];
    if (recs.length === 0) return;
    await this.deps.refreshDocuments(this.draft, recs);
    for (const rec of recs) {
      const person = await this.person(rec);
      const row = person === undefined ? undefined : await this.draft.get('patients', person.id);
      if (row !== undefined) this.draft.expect('patients', row.id);
    }
  }

  /** Rewrites the ledgers, so that whoever is deciding about these source records at this moment must decide again. */
  async bump(recs: readonly string[]): Promise<void> {
    const fresh = recs.filter((rec) => !this.#bumped.has(rec));
    for (const rec of fresh) this.#bumped.add(rec);
    for (const ledger of await readLedgers(this.draft, fresh)) putLedger(this.draft, ledger);
  }

  /** The plan version of an enrolment; undefined where the configuration no longer has it. */
  planOf(enrolment: Enrolment): Plan | undefined {
    return planOf(this.deps.config, enrolment.plan, enrolment.version);
  }

  /** What the condition of enrolment of a plan sees: only what it reads is loaded. */
  enrollingScope(plan: Plan, person: PersonView, event?: EventFacts): Promise<Scope> {
    return this.#scope(plan, plan.enroll.reads, person, event);
  }

  /** What the expressions of a plan see. */
  async scope(plan: Plan, person: PersonView, event?: EventFacts, enrolment?: Enrolment): Promise<Scope> {
    const scope = await this.#scope(plan, plan.reads, person, event);
    if (enrolment === undefined) return scope;
    return { ...scope, enrolment: enrolmentView(enrolment), anchor: enrolment.anchors };
  }

  async #scope(plan: Plan, reads: readonly string[], person: PersonView, event?: EventFacts): Promise<Scope> {
    return {
      doc: await this.#doc(person, reads),
      event: event === undefined ? undefined : await this.#event(event, plan.eventReads),
      now: this.context.now,
      zone: plan.zone,
    };
  }

  /** Id of an engine-made resource. */
  resourceId(type: string, ...parts: readonly string[]): string {
    return uuidV5(this.deps.installation, type, ...parts);
  }

  /** Writes an engine-made resource; answers its reference. */
  async own(resource: FhirResource, rec: string): Promise<string> {
    await this.deps.putOwn(this.draft, { resource, rec, at: this.context.now, cause: this.context.cause });
    if (resource.resourceType === 'Task') this.changed([rec]);
    return `${resource.resourceType}/${String(resource['id'])}`;
  }

  async #occurrencesOf(enrolment: string): Promise<Map<string, Occurrence>> {
    const known = this.#occurrences.get(enrolment);
    if (known !== undefined) return known;
    const rows = await findAll(this.draft, 'occurrences', `enrolment|${enrolment}`);
    const map = new Map(rows.map((row) => [row.id, jsonOf<Occurrence>(row)]));
    this.#occurrences.set(enrolment, map);
    return map;
  }

  async #doc(person: PersonView, reads: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const key = `${person.id}|${reads.join(',')}`;
    const known = this.#docs.get(key);
    if (known !== undefined) return known;
    const view = await docView(this.deps.reader, this.draft, person, reads);
    this.#docs.set(key, view);
    return view;
  }

  async #event(event: EventFacts, reads: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    const key = `${event.id}|${reads.join(',')}`;
    const known = this.#docs.get(key);
    if (known !== undefined) return known;
    const before = this.#before.get(event.ref);
    const after = this.#after.get(event.ref);
    const view = await eventView(this.deps.reader, this.draft, event, {
      reads,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
    this.#docs.set(key, view);
    return view;
  }
}

/** One side of changes by `Type/id`. */
function byReference(
  changes: readonly ResourceChange[],
  side: (change: ResourceChange) => FhirResource | undefined,
): ReadonlyMap<string, FhirResource> {
  const map = new Map<string, FhirResource>();
  for (const change of changes) {
    const resource = side(change);
    if (resource !== undefined) map.set(`${change.type}/${change.id}`, resource);
  }
  return map;
}

/** `%enrolment`. */
function enrolmentView(enrolment: Enrolment): Readonly<Record<string, unknown>> {
  const { id, key, start, round } = enrolment;
  return { id, key, start, round };
}
