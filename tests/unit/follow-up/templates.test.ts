import { describe, expect, test } from '@jest/globals';
import { keepTemplates } from '../../../src/pipeline/follow-up/kept-templates.ts';
import { createFollowUp } from '../../../src/pipeline/follow-up/react.ts';
import { createFollowUpLoop } from '../../../src/pipeline/follow-up/loop.ts';
import type { LoopDeps } from '../../../src/pipeline/follow-up/loop-deps.ts';
import { compileTemplate } from '../../../src/triggers/read/load-templates.ts';
import type { Template } from '../../../src/triggers/template.ts';
import { operation, stay, World } from './world.ts';

const ID = 'joint-d3-medication';

/** The configuration after somebody edited one text, or removed it. */
function edited(deps: LoopDeps, id: string, text: string | undefined): LoopDeps {
  const templates = new Map<string, Template>(deps.config.templates);
  const old = templates.get(id);
  if (old === undefined) throw new TypeError(`there is no template ${id}`);
  if (text === undefined) templates.delete(id);
  else templates.set(id, compileTemplate({ ...old.source, text }));
  return { ...deps, config: { ...deps.config, templates } };
}

async function enrolled(world: World, rec: string, visit: string): Promise<void> {
  await world.apply(
    rec,
    [world.patient(rec), stay(visit, rec), operation(`p-${visit}`, visit, '2026-11-19')],
    [{ type: 'encounter.discharged', ref: `Encounter/${visit}` }],
  );
}

describe('message texts', () => {
  test.each([
    ['edited, the version forgotten', '新的文字'],
    ['removed', undefined],
  ])('%s: who is enrolled gets the text of that day', async (_name, text) => {
    const world = new World('2026-11-21T08:00:00+08:00');
    await keepTemplates(world.store, world.deps.config.templates);
    await enrolled(world, 'r1', 'e1');
    const deps = edited(world.deps, ID, text);
    await keepTemplates(world.store, deps.config.templates);
    world.loop = createFollowUpLoop(deps);
    await world.at('2026-11-22T10:00:00+08:00');
    expect((await world.attempts()).map(({ text: sent }) => sent.includes('术后第3天'))).toEqual([true]);
  });

  test('who is enrolled after an edit gets the new text', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    await keepTemplates(world.store, world.deps.config.templates);
    const deps = edited(world.deps, ID, '新的文字');
    const later = Object.assign(Object.create(world) as World, { followUp: createFollowUp(deps) });
    await enrolled(later, 'r1', 'e1');
    world.loop = createFollowUpLoop(deps);
    await world.at('2026-11-22T10:00:00+08:00');
    expect((await world.attempts())[0]?.text).toContain('新的文字');
  });

  test('a text that cannot be filled is not lost: a person calls', async () => {
    const world = new World('2026-11-21T08:00:00+08:00');
    const deps = edited(world.deps, ID, '{{ nobody.knows }}');
    await enrolled(world, 'r1', 'e1');
    world.loop = createFollowUpLoop(deps);
    await world.at('2026-11-22T10:00:00+08:00');
    expect((await world.plan())[0]).toBe('d3-medication skipped template-failed 11-22 10:00');
    expect((await world.resources('Task')).map(({ priority }) => priority)).toEqual(['routine']);
  });
});
