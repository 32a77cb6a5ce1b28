import { readOptions, usage, type Options } from './options.ts';
import { callsPerSecondOf, makeSchedule } from './plan/schedule.ts';
import { faultLine, faultsText, resultText, scheduleText, violationsOf, violationsText } from './report.ts';
import { run } from './run.ts';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** @returns whether all is well: no violation, or of a broken build the one that was to come */
async function runAll(options: Options): Promise<boolean> {
  const { broken } = options;
  const several = options.seeds.length > 1;
  let failed = 0;
  for (const seed of options.seeds) {
    const began = performance.now();
    const callsPerSecond = broken?.callsPerSecond ?? options.callsPerSecond ?? callsPerSecondOf(seed);
    const schedule = makeSchedule({ seed, seconds: options.minutes * 60, queue: options.queue });
    if (!several || options.scheduleOnly) {
      const how = broken === null ? '' : `, broken on purpose: not "${broken.breaks}"`;
      say(`Seed ${seed}, ${options.minutes} minutes, queues on ${options.queue}, ${callsPerSecond} calls/s${how}`);
      say(scheduleText(schedule));
    }
    if (options.scheduleOnly) continue;
    const result = await run(
      seed,
      schedule,
      { ...options, callsPerSecond },
      {
        say: (text) => several || say(text),
        fault: (planned) => several || say(faultLine(planned)),
      },
    );
    const violations = violationsOf(result);
    const took = Math.round((performance.now() - began) / 1_000);
    if (!several) say(resultText(result));
    if (violations > 0) say(violationsText(result));
    const calls = result.figures['recall calls that reached the stand-in'];
    say(
      `seed ${seed}: ${violations === 0 ? 'no violation' : `${violations} VIOLATIONS`}; ${faultsText(result)}, ` +
        `${result.figures['callbacks answered OK']} callbacks, ${calls} calls, ${result.figures['recalls']} recalls, ${took} s` +
        (violations === 0 || broken !== null ? '' : `; logs in ${result.folder}`),
    );
    if (violations === 0 || broken !== null) result.forget();
    else failed += 1;
    const telling = result.checked.filter(
      ({ title, violations: found }) => broken?.noticedBy.includes(title) && found.length > 0,
    );
    if (broken !== null && telling.length > 0) {
      say(`${broken.name} was noticed by: ${telling.map(({ title }) => title).join(', ')}`);
      return true;
    }
  }
  if (broken !== null && !options.scheduleOnly) say(`${broken.name} was NOT noticed`);
  return failed === 0 && (broken === null || options.scheduleOnly);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === null) say(usage);
  else process.exitCode = (await runAll(options)) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
// Nothing of what the faults left half open is waited for.
process.exit();
