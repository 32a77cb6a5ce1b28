import type { describe as Describe, test as Test } from '@jest/globals';

/** Something a suite needs that a machine may lack. */
export interface Need {
  readonly there: boolean;
  /** What is missing, in a word. */
  readonly missing: string;
  readonly remedy: string;
  /** The environment variable that makes its absence a failure. */
  readonly requiredBy: string;
}

/**
 * Declares a suite that has a need: it runs; or, when the need is not met, it is marked as skipped, with
 * a title that reporter.js makes into a remark at the end; or it fails, where the need is required.
 */
export function describeOrLeaveOut(title: string, need: Need, suite: () => void): void {
  const { describe, test } = jestGlobals();
  if (need.there) {
    describe(title, suite);
  } else if (isRequired(need.requiredBy)) {
    describe(title, () => {
      test(`has ${need.missing}`, () => {
        throw new Error(`${need.requiredBy} is set, and there is no ${need.missing}. To have it: ${need.remedy}.`);
      });
    });
  } else {
    describe.skip(`${title} [left out: ${need.missing}; ${need.remedy}]`, suite);
  }
}

function isRequired(name: string): boolean {
  return !['', '0', 'false'].includes(process.env[name] ?? '');
}

/** Not imported: the kit's other parts serve outside of jest too, where `@jest/globals` cannot be loaded. */
function jestGlobals(): { describe: typeof Describe; test: typeof Test } {
  return globalThis as unknown as { describe: typeof Describe; test: typeof Test };
}
