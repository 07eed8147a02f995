import type { Draft } from '../store/draft.ts';
import type { News, RecordSettings } from './contract.ts';
import type { MergeFacts } from './merge-patch.ts';
import type { Stamp } from './note.ts';
import type { VersionSettings } from './versions.ts';

/** What the stages of one message share. */
export interface ApplyContext {
  readonly draft: Draft;
  readonly news: News;
  readonly settings: RecordSettings;
  readonly versions: VersionSettings;
  readonly facts: MergeFacts;
  /** The store's time, asked at most once and only when something is written. */
  readonly now: () => Promise<Date>;
}

/** The context of one message. */
export function applyContext(
  draft: Draft,
  news: News,
  settings: RecordSettings,
  versions: VersionSettings,
): ApplyContext {
  const { at, sequence, source, replay } = news;
  return {
    draft,
    news,
    settings,
    versions,
    facts: {
      at,
      sequence,
      source,
      sources: settings.sources,
      ...(replay === undefined ? {} : { replay, patches: news.patches }),
    },
    now: once(() => draft.store.now()),
  };
}

/** The stamp of what the message sets. */
export function newsStamp(news: News): Stamp {
  return [news.at.getTime(), news.sequence, news.source];
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => (answer ??= ask());
}
