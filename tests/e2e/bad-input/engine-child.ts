import { runEngine } from '../../../src/app/run-engine.ts';
import { loadSite } from '../../../src/app/site.ts';

// An engine in a process of its own, so that a test may kill it: `engine-child.ts CONFIG DATA CHANNEL…`. Prints its
// ports as one JSON line once it takes messages. Stops in order on SIGTERM, and at once when its parent is gone.

const [config = '', data = '', ...channels] = process.argv.slice(2);
const running = await runEngine(await loadSite({ config, data }));
process.once('SIGTERM', () => {
  void running.stop(2_000).then(() => process.exit(0));
});
process.stdin.resume().once('close', () => process.exit(1));
const ports = Object.fromEntries(channels.map((name) => [name, running.portOf(name)]));
process.stdout.write(`${JSON.stringify({ ports, http: running.httpUrl })}\n`);
