import type { SenderEvent } from '../port.ts';

/** Reads what a gateway pushes: one event or a list; unknown kinds are left out. Undefined where it is no JSON. */
export function readEvents(body: Uint8Array, now: Date): readonly SenderEvent[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((item) => eventOf(item, now) ?? []);
}

function eventOf(item: unknown, now: Date): SenderEvent | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const pushed = item as Readonly<Record<string, unknown>>;
  return pushed['kind'] === 'reply' ? replyOf(pushed, now) : staffOrReceipt(pushed, now);
}

function replyOf(pushed: Readonly<Record<string, unknown>>, now: Date): SenderEvent | undefined {
  const { from, text, attempt, at, id } = pushed;
  if (typeof from !== 'string' || typeof text !== 'string') return undefined;
  return {
    kind: 'reply',
    from,
    text,
    at: timeOf(at, now),
    ...(typeof attempt === 'string' ? { attempt } : {}),
    ...(typeof id === 'string' ? { id } : {}),
  };
}

function staffOrReceipt(pushed: Readonly<Record<string, unknown>>, now: Date): SenderEvent | undefined {
  const { kind, attempt, by, delivered, reason, at } = pushed;
  if (typeof attempt !== 'string') return undefined;
  if (kind === 'receipt') {
    return { kind, attempt, delivered: delivered === true, ...(typeof reason === 'string' ? { reason } : {}) };
  }
  return kind === 'acknowledged' && typeof by === 'string' ? { kind, attempt, by, at: timeOf(at, now) } : undefined;
}

function timeOf(at: unknown, now: Date): Date {
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? new Date(at) : now;
}
