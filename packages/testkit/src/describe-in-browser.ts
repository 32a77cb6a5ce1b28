import { describeOrLeaveOut } from './describe-or-leave-out.ts';
import { findProgram } from './find-program.ts';

export interface Browser {
  /** Path of the program. As root it needs `--no-sandbox`. */
  readonly executable: string;
}

/**
 * Declares a suite that needs Chromium or Chrome from the PATH. Without one it is marked as skipped, or
 * fails with `REQUIRE_BROWSER=1`. `suite` must not use the browser but in hooks and tests.
 */
export function describeInBrowser(title: string, suite: (browser: Browser) => void): void {
  const executable = findProgram('chromium', 'chromium-browser', 'google-chrome');
  const need = {
    there: executable !== undefined,
    missing: 'Chromium',
    remedy: 'install chromium or google-chrome, so that it is on the PATH',
    requiredBy: 'REQUIRE_BROWSER',
  };
  describeOrLeaveOut(`${title} (in a browser)`, need, () => suite({ executable: executable ?? '' }));
}
