import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { BenchEngine } from './support/bench-engine.ts';
import { figure, median } from './support/figures.ts';

/**
 * GET of one Observation and of a page of twenty at the FHIR endpoint, against a bare node:http server that answers
 * the same bytes, in interleaved rounds of one process: the ratio is what the endpoint costs beside HTTP itself.
 */
const ROUNDS = 9;
const REQUESTS = 400;
const AT_ONCE = 8;

const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

function get(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          resolve(Buffer.concat(parts).toString('utf8'));
        });
      })
      .on('error', reject);
  });
}

/** Requests a second. */
async function rate(url: string): Promise<number> {
  let left = REQUESTS;
  const started = performance.now();
  const client = async (): Promise<void> => {
    for (; left > 0; left -= 1) await get(url);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return (REQUESTS * 1_000) / (performance.now() - started);
}

async function floorOf(text: string): Promise<http.Server> {
  const body = Buffer.from(text);
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/fhir+json', 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function compare(name: string, url: string): Promise<void> {
  const floor = await floorOf(await get(url));
  const bare = `http://127.0.0.1:${(floor.address() as AddressInfo).port}/`;
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [one, other] = [await rate(url), await rate(bare)];
    // The first round warms up.
    if (round > 0) {
      ours.push(one);
      theirs.push(other);
    }
  }
  floor.close();
  figure(`${name}, endpoint`, median(ours), { unit: 'req/s' });
  figure(`${name}, bare node:http`, median(theirs), { unit: 'req/s' });
  const ratios = ours.map((one, index) => one / (theirs[index] ?? one));
  figure(`${name}, endpoint to bare`, median(ratios), { unit: 'times' });
}

const bench = await BenchEngine.start();
const { engine, httpUrl } = bench.running;
const patient = { resourceType: 'Patient', id: 'bench', name: [{ text: 'BENCH TEST' }], birthDate: '1968-03-12' };
const observations = Array.from({ length: 20 }, (_, n) => ({
  resourceType: 'Observation',
  id: `bench-${n}`,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '4548-4' }] },
  subject: { reference: 'Patient/bench' },
  effectiveDateTime: `2026-11-${String(n + 1).padStart(2, '0')}T08:00:00+08:00`,
  valueQuantity: { value: 6.1 + n / 10, unit: '%', system: 'http://unitsofmeasure.org', code: '%' },
}));
await engine.loadWriter.write(
  'BENCH',
  [patient, ...observations].map((resource) => ({
    method: 'PUT',
    type: resource.resourceType,
    id: resource.id,
    resource,
  })),
  Buffer.from(''),
);
await compare('GET Observation/id', `${httpUrl}/fhir/Observation/bench-3`);
await compare('GET Observation?patient, 20', `${httpUrl}/fhir/Observation?patient=bench&_sort=-date&_count=20`);
agent.destroy();
await bench.close();
