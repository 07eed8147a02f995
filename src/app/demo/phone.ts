import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { HOME } from '../home.ts';
import type { PageAnswer, PageRequest } from '../../server/pages.ts';
import type { DemoControl } from './control.ts';

const json = (value: unknown, status = 200): PageAnswer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
});

/** The phone simulator: every message as its receiver gets it, answers, and buttons that put the clock forward. */
export async function phonePage(demo: DemoControl, request: PageRequest): Promise<PageAnswer | undefined> {
  const { method, path: where } = request;
  if (method === 'GET' && where === '/demo/phone') {
    const html = await readFile(path.join(HOME, 'config', 'demo', 'phone.html'), 'utf8');
    return { status: 200, contentType: 'text/html; charset=utf-8', body: html };
  }
  if (method === 'GET' && where === '/demo/messages') return json(await listing(demo));
  return method === 'POST' ? answerPost(demo, where, parse(request.body)) : undefined;
}

async function answerPost(
  demo: DemoControl,
  where: string,
  said: Readonly<Record<string, unknown>>,
): Promise<PageAnswer | undefined> {
  switch (where) {
    case '/demo/reply': {
      const risk = await demo.reply(text(said, 'attempt'), text(said, 'text'));
      return risk === undefined ? json({ error: 'no such message' }, 404) : json({ risk });
    }
    case '/demo/acknowledge':
      return (await demo.confirm(text(said, 'attempt'))) ? json({ ok: true }) : json({ error: 'no such message' }, 404);
    case '/demo/advance': {
      const hours = Number(text(said, 'hours'));
      if (!(hours > 0 && hours <= 24 * 366)) return json({ error: 'hours: 1 to 8784' }, 400);
      await demo.advanceTo(new Date(demo.clock.now().getTime() + hours * 3_600_000));
      return json({ now: demo.clock.now().toISOString() });
    }
    default:
      return undefined;
  }
}

async function listing(demo: DemoControl): Promise<unknown> {
  const messages = (await demo.messages()).map((one) => {
    const { id, direction, audience, channel, to, text: words, state, at, recipient, plan, step } = one;
    return { id, direction, audience, channel, to, text: words, state, at, recipient, plan, step };
  });
  return { now: demo.clock.now().toISOString(), messages };
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function text(said: Readonly<Record<string, unknown>>, name: string): string {
  const value = said[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
