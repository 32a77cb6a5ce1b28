/** A piece of built JavaScript, and what stands there instead. */
export interface Patch {
  /** From the top of the repository. */
  readonly file: string;
  /** Must be there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A build that breaks a promise of the product on purpose. */
export interface BrokenBuild {
  readonly name: string;
  /** The promise. */
  readonly breaks: string;
  /** Titles of the checks of which one must tell. */
  readonly noticedBy: readonly string[];
  /** The rate to run with, where it matters; else the one that was asked for. */
  readonly callsPerSecond?: number;
  readonly patches: readonly Patch[];
}
