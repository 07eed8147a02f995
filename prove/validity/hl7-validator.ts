import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { HOME } from '../../src/app/home.ts';
import { progress } from '../say.ts';

const TARGET = path.join(HOME, '.cache', 'r4-validator');
const JAR = path.join(TARGET, 'r4-validator.jar');
const POM = path.join(HOME, 'prove', 'r4-validator', 'pom.xml');

/** An error that HL7's engine found in the n-th resource (from 0). */
export interface EngineError {
  readonly index: number;
  readonly text: string;
}

function run(command: string, args: readonly string[], input?: Iterable<string>): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: string[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(lines);
      else reject(new TypeError(`${command} ended with ${String(code)}: ${lines.slice(-3).join(' ')}`));
    });
    for (const line of input ?? []) child.stdin.write(`${line}\n`);
    child.stdin.end();
  });
}

/** Builds the engine from Maven's artifacts, once (needs JDK 17 and Maven). */
async function build(): Promise<void> {
  if (existsSync(JAR)) return;
  progress("building HL7's validator");
  await run('mvn', ['-q', 'package', '-f', POM, `-Dtarget=${TARGET}`]);
}

/** Validates resources, one JSON text each, with HL7's own R4 validator engine. */
export async function validateByHl7(resources: readonly string[]): Promise<readonly EngineError[]> {
  await build();
  progress(`HL7's validator looks at ${resources.length} resources`);
  const classes = [JAR, path.join(TARGET, 'lib', '*')].join(path.delimiter);
  const lines = await run('java', ['-Xmx2g', '-cp', classes, 'jingluo.ValidateLines'], resources);
  if (lines.at(-1) !== `checked ${resources.length}`) throw new TypeError('the validator did not see every resource');
  return lines.slice(0, -1).map((line) => {
    const [number = '', ...rest] = line.split('\t');
    return { index: Number(number) - 1, text: rest.join(': ') };
  });
}
