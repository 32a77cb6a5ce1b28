/** Something that must not be. */
export interface Violation {
  /** When it happened, Unix milliseconds; null: not known. */
  readonly at: number | null;
  readonly what: string;
}

/** What a check came to. */
export interface Checked {
  readonly title: string;
  /** How much was looked at, and of what. */
  readonly looked: string;
  readonly violations: readonly Violation[];
}
