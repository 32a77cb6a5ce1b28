import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { leakIn } from './canaries.js';

/** What describeOnBackends and describeInBrowser put into the title of a suite they leave out. */
const leftOut = /^(?<title>.*) \[left out: (?<missing>.+?); (?<remedy>.+)\]$/u;

/** Lines with leaks that are shown. */
const shownLeaks = 20;

/**
 * Fails the run when a process or part of it printed what it must not (canaries.js). Says at the very end, in plain
 * words, what was left out for want of a program and how to have it, and closes with `N passed, N failed, N skipped` on a line of its own. Jest's own summary comes after every
 * reporter, so this waits for the process to exit.
 */
export default class ClosingReporter {
  #config;
  #text = '';
  #error;

  constructor(config) {
    this.#config = config;
    // With --json, stdout is jest's.
    process.once('exit', () => (config.json ? process.stderr : process.stdout).write(this.#text));
  }

  onRunComplete(_contexts, results) {
    const leaks = findLeaks(process.env.CHAT_RECALL_TRANSCRIPTS);
    if (leaks.length > 0) this.#error = new Error('secrets or texts were printed');
    const lines = [...describeLeftOut(results, this.#config.rootDir), ...describeLeaks(leaks), closingLine(results)];
    this.#text = `\n${lines.join('\n')}\n`;
  }

  /** Jest asks for it, and exits with 1. */
  getLastError() {
    return this.#error;
  }
}

/** @returns what was printed in a run and gives something away: where, what, and the line without it */
export function findLeaks(folder) {
  if (folder === undefined) return [];
  // Programs of the tests themselves tell whoever started them what they must, on their output.
  const sources = readdirSync(folder).filter((name) => !name.startsWith('fixtures-'));
  return sources.flatMap((source) =>
    readFileSync(join(folder, source), 'utf8')
      .split('\n')
      .flatMap((line) => {
        const leak = leakIn(line);
        return leak === undefined ? [] : [{ source, ...leak }];
      }),
  );
}

function describeLeaks(leaks) {
  if (leaks.length === 0) return [];
  const shown = leaks.slice(0, shownLeaks).map(({ source, what, masked }) => `  ${source}: ${what}: ${masked}`);
  return [`Printed and not to be printed, ${leaks.length} lines:`, ...shown, ''];
}

/** @returns lines, none when everything ran */
export function describeLeftOut(results, rootDir) {
  /** @type {Map<string, Set<string>>} */
  const suitesOf = new Map();
  for (const file of results.testResults) {
    for (const { ancestorTitles, status } of file.testResults) {
      if (status !== 'pending') continue;
      const found = ancestorTitles.map((title) => leftOut.exec(title)?.groups).find((groups) => groups !== undefined);
      if (found === undefined) continue;
      const heading = `Left out, for want of ${found.missing} (to have them: ${found.remedy}):`;
      const suites = suitesOf.get(heading) ?? new Set();
      suitesOf.set(heading, suites.add(`  ${relative(rootDir, file.testFilePath)}: ${found.title}`));
    }
  }
  return [...suitesOf].flatMap(([heading, suites]) => [heading, ...suites, '']);
}

/** A file that could not even be loaded has no failed test, and is a failure all the same. */
export function closingLine(results) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped`;
}
