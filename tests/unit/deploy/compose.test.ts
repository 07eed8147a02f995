import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { DESTINATIONS, LISTENERS } from '../../../src/channels/builtins.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { SENDERS } from '../../../src/senders/builtins.ts';
import { STORES } from '../../../src/store/builtins.ts';

interface Service {
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const root = path.resolve(import.meta.dirname, '..', '..', '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const { services, volumes } = parse(read('deploy/compose.yaml')) as {
  readonly services: Readonly<Record<'mongo' | 'engine', Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const { mongo, engine } = services;

describe('deploy/compose.yaml', () => {
  test('the engine waits for a replica set that takes writes', () => {
    expect(mongo.command).toContain('--replSet');
    expect(mongo.healthcheck?.test.join(' ')).toContain('isWritablePrimary');
    expect(engine.depends_on?.['mongo']?.condition).toBe('service_healthy');
    expect(engine.environment?.['JINGLUO_MONGODB_URL']).toContain('replicaSet=rs0');
  });

  test('secrets come from the environment and have no default', () => {
    expect(engine.environment?.['JINGLUO_SEALING_KEY']).toMatch(/^\$\{JINGLUO_SEALING_KEY:\?/);
    expect(read('deploy/jingluo.yaml')).toContain("secret: '${JINGLUO_SEALING_KEY}'");
  });

  test('data live in named volumes, files that are mounted exist', () => {
    for (const volume of [...mongo.volumes, ...engine.volumes]) {
      const [from = ''] = volume.split(':');
      expect(from.startsWith('.') ? existsSync(path.join(root, 'deploy', from)) : from in volumes).toBe(true);
    }
  });

  test('the database and the unencrypted endpoint are not reachable from other machines', () => {
    expect(mongo.ports).toBeUndefined();
    expect(engine.ports?.filter((port) => port.endsWith(':8080'))).toEqual(['127.0.0.1:8080:8080']);
  });

  test('the configuration of the engine is valid', () => {
    const env = {
      JINGLUO_MONGODB_URL: 'mongodb://mongo:27017/?replicaSet=rs0',
      JINGLUO_SEALING_KEY: Buffer.alloc(32).toString('base64'),
      JINGLUO_ISSUER: 'https://idp.example',
      JINGLUO_JWKS_URI: 'https://idp.example/jwks',
    };
    const plugins = { stores: STORES, listeners: LISTENERS, destinations: DESTINATIONS, senders: SENDERS };
    const file = path.join(root, 'deploy', 'jingluo.yaml');
    const loaded = loadConfig({ file, text: read('deploy/jingluo.yaml'), env, plugins, home: root });
    expect(loaded.ok ? [] : loaded.error).toEqual([]);
    expect(loaded.ok && loaded.value.http.port).toBe(8080);
    expect(loaded.ok && loaded.value.store.type).toBe('mongodb');
  });
});

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  const at = (instruction: string): number => lines.findLastIndex((line) => line.startsWith(instruction));

  test('runs as an unprivileged user, with one volume and a health check of the port that is exposed', () => {
    expect(lines.filter((line) => line.startsWith('VOLUME'))).toEqual(['VOLUME /data']);
    expect(lines[at('USER')]).toBe('USER node');
    expect(at('USER')).toBeGreaterThan(at('RUN'));
    expect(at('USER')).toBeLessThan(at('ENTRYPOINT'));
    expect(lines.slice(at('HEALTHCHECK')).join('\n')).toContain('http://127.0.0.1:8080/health');
    expect(lines[at('EXPOSE')]).toContain(' 8080');
  });

  test('copies only what is in the tree or built', () => {
    const copied = lines.flatMap((line) => /^COPY --from=build \/build\/(\S+)/.exec(line)?.[1] ?? []);
    const built = new Set(['node_modules', 'dist']);
    expect(copied.filter((name) => !built.has(name) && !existsSync(path.join(root, name)))).toEqual([]);
  });
});
