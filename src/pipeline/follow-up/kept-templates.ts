import type { Store } from '../../store/port.ts';
import { jsonOf } from '../../store/body.ts';
import type { Action, Plan } from '../../triggers/plan.ts';
import { compileTemplate } from '../../triggers/read/load-templates.ts';
import type { Template, TemplateSource } from '../../triggers/template.ts';
import type { Enrolment } from './rows.ts';
import type { Session } from './session.ts';

type Templates = ReadonlyMap<string, Template>;

/** Row of `settings` that holds a text for as long as enrolments may be pinned to it. */
const rowId = (hash: string): string => `template|${hash}`;

/** Keeps every text of the configuration, so that an edit changes nothing for those who are enrolled already. */
export async function keepTemplates(store: Store, templates: Templates): Promise<void> {
  const all = [...templates.values()];
  const rows = await store.getMany(
    'settings',
    all.map(({ hash }) => rowId(hash)),
  );
  const fresh = all.filter((_, index) => rows[index] === undefined);
  if (fresh.length === 0) return;
  // A row is named by its content: whoever else writes it writes the same.
  await store.commit({
    puts: fresh.map(({ hash, source }) => ({
      collection: 'settings',
      id: rowId(hash),
      body: JSON.stringify(source),
    })),
  });
}

/** The texts that an enrolment is pinned to: hash by template id. */
export function pinnedTexts(templates: Templates, plan: Plan): Readonly<Record<string, string>> {
  return Object.fromEntries(
    templateIdsOf(plan).flatMap((id) => {
      const template = templates.get(id);
      return template === undefined ? [] : [[id, template.hash]];
    }),
  );
}

/** A template with the text that the enrolment is pinned to; with today's where it is pinned to none. */
export async function templateFor(session: Session, enrolment: Enrolment, id: string): Promise<Template | undefined> {
  const current = session.deps.config.templates.get(id);
  const hash = enrolment.texts?.[id];
  if (hash === undefined || current?.hash === hash) return current;
  const row = await session.draft.get('settings', rowId(hash));
  return row === undefined ? current : compileTemplate(jsonOf<TemplateSource>(row));
}

const idsByPlan = new WeakMap<Plan, readonly string[]>();

function templateIdsOf(plan: Plan): readonly string[] {
  const known = idsByPlan.get(plan);
  if (known !== undefined) return known;
  const actions: readonly Action[] = [
    ...plan.steps.flatMap((step) => [...step.actions, ...(step.noReply?.actions ?? [])]),
    ...(plan.replies?.rules ?? []).flatMap((rule) => rule.actions),
    ...(plan.replies?.otherwise.actions ?? []),
  ];
  const ids = [...new Set(actions.flatMap(({ template }) => template ?? []))].sort();
  idsByPlan.set(plan, ids);
  return ids;
}
