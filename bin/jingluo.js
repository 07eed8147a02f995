#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';

// What messages leave behind is collected when the heap has grown by a third, not when it has grown fourfold: that costs
// little and keeps the process small. How large the heap may become is not changed.
setFlagsFromString('--heap-growing-percent=30');
const { main } = await import('../dist/cli/main.js');

process.exitCode = await main(process.argv);
