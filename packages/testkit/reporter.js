import { relative } from 'node:path';

/** What describeOnBackends and describeInBrowser put into the title of a suite they leave out. */
const leftOut = /^(?<title>.*) \[left out: (?<missing>.+?); (?<remedy>.+)\]$/u;

/**
 * Says at the very end, in plain words, what was left out for want of a program and how to have it, and
 * closes with `N passed, N failed, N skipped` on a line of its own. Jest's own summary comes after every
 * reporter, so this waits for the process to exit.
 */
export default class ClosingReporter {
  #config;
  #text = '';

  constructor(config) {
    this.#config = config;
    // With --json, stdout is jest's.
    process.once('exit', () => (config.json ? process.stderr : process.stdout).write(this.#text));
  }

  onRunComplete(_contexts, results) {
    const lines = [...describeLeftOut(results, this.#config.rootDir), closingLine(results)];
    this.#text = `\n${lines.join('\n')}\n`;
  }
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
