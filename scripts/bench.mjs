// Runs bench/*.ts one after the other and prints their figures; `npm run bench -- NAME [options]` runs one of them.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const [first, ...options] = process.argv.slice(2);
const all = readdirSync(path.join(root, 'bench'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => path.basename(file, '.ts'));
const one = first !== undefined && !first.startsWith('-');
if (one && !all.includes(first)) {
  process.stderr.write(`There is no bench "${first}"; there are: ${all.join(', ')}.\n`);
  process.exit(2);
}
// Only the whole way has options; a number for the others is the length of a round.
const jobs = one ? [[first, options]] : all.map((name) => [name, name === 'pipeline' ? process.argv.slice(2) : []]);

const table = [];
for (const [name, args] of jobs) {
  process.stderr.write(`${name} …\n`);
  const hooks = path.join(root, 'scripts', 'ts-register.mjs');
  const node = ['--disable-warning=ExperimentalWarning', '--import', hooks, path.join(root, 'bench', `${name}.ts`)];
  const { stdout, status } = spawnSync(process.execPath, [...node, ...args], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, JINGLUO_LOG: process.env.JINGLUO_LOG ?? 'error' },
  });
  if (status !== 0) process.exitCode = 1;
  table.push(
    ...stdout
      .trimEnd()
      .split('\n')
      .map((line) => `${name.padEnd(10)} ${line}`),
  );
  if (status !== 0) table.push(`${name.padEnd(10)} ended with ${status ?? 'a signal'}`);
}
process.stdout.write(`${table.join('\n')}\n`);
