/** `npm run fuzz -w apps/webhook -- --cases 50000 --seed 1`: as many callbacks as wanted; exits 1 when one is treated otherwise than documented. */
import { parseArgs } from 'node:util';
import { fuzzCallbacks } from './run.ts';

const { values } = parseArgs({ options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const { cases = '50000', seed = String(Date.now() % 2 ** 31) } = values;
console.log(`${cases} callbacks, seed ${seed}`);
const { faults, counts, seconds } = await fuzzCallbacks(Number(cases), Number(seed));
console.table(counts);
console.log(`${seconds.toFixed(1)} s`);
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
