import { expect, test } from '@jest/globals';
import { createRegistry, watchEventLoop, type Stalls } from '@chat-recall/shared/metrics';
import { eventually } from '@chat-recall/testkit';

/** Keeps this thread from everything else. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('what keeps the process from all other work for a second is counted, and told seldom', async () => {
  const registry = createRegistry('test');
  const told: Stalls[] = [];
  const stop = watchEventLoop(registry, (stalls) => told.push(stalls));
  const counted = async (): Promise<number> =>
    (await registry.getSingleMetric('chat_recall_event_loop_stalls_total')?.get())?.values[0]?.value ?? 0;
  try {
    expect(await counted()).toBe(0);
    block(1_700);
    await eventually(async () => (await counted()) === 1);
    expect(told).toEqual([{ stalls: 1, longestMs: expect.any(Number) }]);
    expect(told[0]?.longestMs).toBeGreaterThanOrEqual(1_000);
    block(1_700);
    await eventually(async () => (await counted()) === 2);
    expect(told).toHaveLength(1);
  } finally {
    stop();
  }
});

test('the delay of the event loop is among the metrics of every process', async () => {
  const text = await createRegistry('test').metrics();
  for (const name of ['nodejs_eventloop_lag_seconds', 'nodejs_eventloop_lag_p99_seconds'])
    expect(text).toMatch(new RegExp(`^${name}\\{process="test"\\} `, 'mu'));
});
