// Runs the store's suites under Node 22 (`node:sqlite` in place of libsql): `node scripts/test-node22.mjs [jest arguments]`.
// The runtime comes from npm and is kept in .cache/node22.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const prefix = path.join(root, '.cache', 'node22');
const binary = path.join(prefix, 'node_modules', 'node', 'bin', 'node');
const suites = ['tests/contract/store-sqlite', 'tests/contract/store-memory', 'tests/unit/store'];

function run(command, args) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

// The package puts its binary in place with an install script.
if (!existsSync(binary)) run('npm', ['install', '--prefix', prefix, '--no-save', '--ignore-scripts=false', 'node@22']);
run(binary, ['--version']);
const asked = process.argv.slice(2);
run(binary, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  path.join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  ...(asked.length > 0 ? asked : suites),
]);
