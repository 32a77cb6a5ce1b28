/** Things to undo at the end, last in first out; every step runs though another failed. */
export interface Disposals {
  add(name: string, dispose: () => unknown): void;
  /** Runs all steps once; a second call waits for the first. Resolves to the errors of steps that failed. */
  run(): Promise<readonly unknown[]>;
}

export function createDisposals(onError: (name: string, error: unknown) => void = () => {}): Disposals {
  const steps: { name: string; dispose: () => unknown }[] = [];
  let running: Promise<readonly unknown[]> | undefined;
  async function runAll(): Promise<readonly unknown[]> {
    const errors: unknown[] = [];
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step.dispose();
      } catch (error) {
        errors.push(error);
        onError(step.name, error);
      }
    }
    return errors;
  }
  return {
    add: (name, dispose) => void steps.push({ name, dispose }),
    run: () => (running ??= runAll()),
  };
}
