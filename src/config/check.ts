import { didYouMean } from '../core/nearest.ts';
import { problem, type Problem } from '../core/problem.ts';
import type { RawConfig, RawEntry } from './raw-config.ts';
import type { YamlFile, YamlPath } from './yaml-document.ts';

/** What no schema can say: names that must exist, names and ports that must differ, combinations that are not safe. */
export function checkMeaning(raw: RawConfig, file: YamlFile): readonly Problem[] {
  return [
    ...zones(raw, file),
    ...duplicates(raw.channels ?? [], 'channels', file),
    ...duplicates(raw.destinations ?? [], 'destinations', file),
    ...duplicates(raw.senders ?? [], 'senders', file),
    ...ports(raw, file),
    ...sources(raw, file),
    ...sealing(raw, file),
    ...safety(raw, file),
    ...queries(raw, file),
  ];
}

const at = (file: YamlFile, path: YamlPath) => ({ ...file.place(path), path: path.join('.') });

function zones(raw: RawConfig, file: YamlFile): readonly Problem[] {
  const named: readonly (readonly [YamlPath, unknown])[] = [
    [['timezone'], raw.timezone],
    ...(raw.channels ?? []).map((channel, index) => [['channels', index, 'timezone'], channel['timezone']] as const),
  ];
  return named.flatMap(([path, zone]) =>
    typeof zone !== 'string' || isZone(zone)
      ? []
      : [
          problem(
            'config.invalid',
            `"${zone}" is neither an IANA time zone nor an offset such as +08:00.`,
            at(file, path),
          ),
        ],
  );
}

function isZone(zone: string): boolean {
  if (/^[+-]\d{2}:?\d{2}$/.test(zone)) return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

function duplicates(entries: readonly RawEntry[], list: string, file: YamlFile): readonly Problem[] {
  const first = new Map<unknown, number>();
  return entries.flatMap((entry, index) => {
    const name = entry['name'];
    const earlier = first.get(name);
    if (earlier === undefined) {
      first.set(name, index);
      return [];
    }
    const line = file.place([list, earlier, 'name']).line ?? 0;
    return [
      problem('config.duplicate', `"${String(name)}" stands already on line ${line}.`, at(file, [list, index, 'name'])),
    ];
  });
}

function ports(raw: RawConfig, file: YamlFile): readonly Problem[] {
  const used = new Map<number, string>([[raw.http?.port ?? 8080, 'http.port']]);
  return (raw.channels ?? []).flatMap((channel, index) => {
    const port = channel['port'];
    if (typeof port !== 'number' || port === 0) return [];
    const earlier = used.get(port);
    used.set(port, `channels.${index}.port`);
    if (earlier === undefined) return [];
    return [problem('config.duplicate', `Port ${port} is taken by ${earlier}.`, at(file, ['channels', index, 'port']))];
  });
}

function sources(raw: RawConfig, file: YamlFile): readonly Problem[] {
  const known = Object.keys(raw.sources ?? {});
  return (raw.channels ?? []).flatMap((channel, index) => {
    const source = channel['source'];
    if (typeof source !== 'string' || known.includes(source)) return [];
    const message = `No source "${source}" is configured under \`sources\`${didYouMean(source, known)}.`;
    return [problem('config.unknown-name', message, at(file, ['channels', index, 'source']))];
  });
}

function sealing(raw: RawConfig, file: YamlFile): readonly Problem[] {
  if (raw.sealing === undefined) return [];
  const { current, keys } = raw.sealing;
  const ids = keys.map((key) => key.id);
  const short = keys.flatMap((key, index) =>
    Buffer.from(key.secret, 'base64').length === 32
      ? []
      : [problem('config.invalid', 'Expected 32 bytes in base64.', at(file, ['sealing', 'keys', index, 'secret']))],
  );
  if (ids.includes(current)) return short;
  return [
    ...short,
    problem('config.unknown-name', `No key "${current}"${didYouMean(current, ids)}.`, at(file, ['sealing', 'current'])),
  ];
}

const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

function safety(raw: RawConfig, file: YamlFile): readonly Problem[] {
  const { auth, host = '127.0.0.1' } = raw.http ?? {};
  if (auth === undefined) {
    const message = 'Say who may read: `auth: none` (loopback only), or issuer, audience and jwksUri.';
    return [problem('config.unsafe', message, at(file, ['http']))];
  }
  if (auth === 'none' && !LOOPBACK.has(host)) {
    const message = `\`auth: none\` is allowed on a loopback address only, not on ${host}.`;
    return [problem('config.unsafe', message, at(file, ['http', 'auth']))];
  }
  return [];
}

/** Whoever reaches a channel that answers queries reads about patients: it must be known who that is. */
function queries(raw: RawConfig, file: YamlFile): readonly Problem[] {
  return (raw.channels ?? []).flatMap((channel, index) => {
    if (channel['queries'] === undefined) return [];
    const place = at(file, ['channels', index, 'queries']);
    if (channel['port'] === undefined) {
      return [problem('config.invalid', 'A channel that does not listen has nobody to answer.', place)];
    }
    const { bind = '127.0.0.1', allow, tls } = channel;
    const knowsPeers = allow !== undefined || (typeof tls === 'object' && tls !== null && 'clientCa' in tls);
    if (knowsPeers || LOOPBACK.has(String(bind))) return [];
    const message = 'On an open address `queries` needs `allow`, or `tls` with `clientCa`.';
    return [problem('config.unsafe', message, place)];
  });
}
