// A MongoDB server for tests: prints its connection string on the first line of its output and stops when the process
// whose id is given ends, or on SIGTERM or SIGINT. The data are in the folder given (else a temporary one), removed at
// the end. Usage: node scripts/mongo-test-server.mjs [--parent PID] [--folder DIR] [--standalone] | --install
//
// Takes the server that JINGLUO_TEST_MONGODB_URL names, else a `mongod` on PATH (as a replica set of one member), else
// SecantusDB from PyPI in a virtual environment of its own under .cache/secantus, installed when absent.
// With --install it only makes sure that there is a server to start.
// Exit code 3 with a reason: this machine has none of them.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { MongoClient } from 'mongodb';

const SECANTUS = 'SecantusDB==0.7.0b3';
const START_MS = 60_000;
const { values: options } = parseArgs({
  options: {
    parent: { type: 'string' },
    folder: { type: 'string' },
    standalone: { type: 'boolean' },
    install: { type: 'boolean' },
  },
});
const root = path.resolve(import.meta.dirname, '..');
const environment = path.join(root, '.cache', 'secantus');

function fail(reason) {
  console.log(`none: ${reason}`);
  process.exit(3);
}

function has(command) {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function secantus() {
  const command = path.join(environment, 'bin', 'secantusd-py');
  if (existsSync(command)) return command;
  if (!has('python3'))
    fail('neither mongod nor python3 (3.10 or later) is on PATH, and JINGLUO_TEST_MONGODB_URL is not set');
  const steps = [
    ['python3', ['-m', 'venv', '--clear', environment]],
    [path.join(environment, 'bin', 'pip'), ['install', '--quiet', SECANTUS]],
  ];
  for (const [program, args] of steps) {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0) fail(`${SECANTUS} could not be installed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  }
  return command;
}

function commandLine(port, data) {
  if (has('mongod')) {
    const set = options.standalone === true ? [] : ['--replSet', 'rs0'];
    return ['mongod', [...set, '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', data]];
  }
  const alone = options.standalone === true ? ['--standalone'] : [];
  return [
    secantus(),
    [...alone, '--host', '127.0.0.1', '--port', String(port), '--storage-path', data, '--sync-on-commit'],
  ];
}

/** True once the server takes writes; a fresh mongod is made a replica set of one member first. */
async function takesWrites(url, host) {
  const client = new MongoClient(url, { directConnection: true, serverSelectionTimeoutMS: 1_000 });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello.isWritablePrimary === true && (hello.setName !== undefined || options.standalone === true)) return true;
    if (hello.setName === undefined) {
      await admin.command({ replSetInitiate: { _id: 'rs0', members: [{ _id: 0, host }] } });
    }
    return false;
  } catch {
    // Not listening yet, or the election is still under way.
    return false;
  } finally {
    await client.close();
  }
}

async function ready(port, child) {
  const host = `127.0.0.1:${port}`;
  const deadline = Date.now() + START_MS;
  while (!(await takesWrites(`mongodb://${host}/`, host))) {
    if (child.exitCode !== null) fail(`the server ended with exit code ${child.exitCode}`);
    if (Date.now() > deadline) fail('the server did not become ready in time');
    await sleep(100);
  }
  return `mongodb://${host}/`;
}

function alive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const parent = options.parent === undefined ? undefined : Number(options.parent);
const given = process.env.JINGLUO_TEST_MONGODB_URL;
if (given !== undefined && given !== '') {
  console.log(given);
} else if (options.install === true) {
  if (!has('mongod')) secantus();
} else {
  const port = await freePort();
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'jingluo-mongo-'));
  const data = path.join(folder, 'data');
  mkdirSync(data);
  const [program, args] = commandLine(port, data);
  const child = spawn(program, args, { stdio: 'ignore' });
  let stopping = false;
  const stop = () => {
    stopping = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('exit', () => {
    child.kill('SIGKILL');
    // Where the start failed, the reason is left to be read in the folder.
    rmSync(stopping ? folder : data, { recursive: true, force: true });
  });
  console.log(await ready(port, child));
  child.once('exit', () => process.exit(stopping ? 0 : 1));
  if (parent !== undefined) {
    while (alive(parent)) await sleep(500);
    stop();
  }
}
