import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@chat-recall/testkit';
import type { CallbackBody, Delivery } from '@chat-recall/simulator';
import { sent } from './receiver-at-work.ts';
import { startReceiverProcess, type ReceiverProcess } from './receiver-process.ts';

const megabyte = 1024 * 1024;
/** Longer than the platform waits: what is told too late is to be seen. */
const patienceMs = 15_000;
let receiver: ReceiverProcess;
beforeEach(async () => {
  receiver = await startReceiverProcess();
});
afterEach(() => receiver.end());

interface Load {
  readonly deliveries: readonly Delivery[];
  /** Sequences that were answered OK. */
  readonly stored: ReadonlySet<number>;
  stop(): Promise<void>;
}

let seq = 0;
/** Posts over so many connections until it is told to stop. */
function load(connections: number, text: string): Load {
  const sender = receiver.sender(connections, patienceMs);
  const deliveries: Delivery[] = [];
  const stored = new Set<number>();
  let over = false;
  function* bodies(): Generator<CallbackBody> {
    while (!over) {
      seq += 1;
      yield sent({ MsgSeq: seq, MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }] }) as CallbackBody;
    }
  }
  const sending = sender.sendMany(bodies(), {
    onResult(delivery, body) {
      deliveries.push(delivery);
      if (delivery.ok) stored.add(Number(body['MsgSeq']));
    },
  });
  return {
    deliveries,
    stored,
    async stop() {
      over = true;
      await sending;
      await sender.close();
    },
  };
}

function countOf({ deliveries }: Load, status: number): number {
  return deliveries.filter((delivery) => delivery.status === status).length;
}

/** Sender and receiver share a machine that may be busy with other tests, so that this is told of most, not of all. */
function mostAreInTime({ deliveries }: Load): boolean {
  return deliveries.filter(({ durationMs }) => durationMs < 2_000).length > deliveries.length / 2;
}

async function missing(stored: ReadonlySet<number>): Promise<number[]> {
  const { rows } = await receiver.pool.query<{ msg_seq: number }>('select msg_seq from messages');
  const held = new Set(rows.map((row) => row.msg_seq));
  return [...stored].filter((one) => !held.has(one));
}

test('a database that stands still is a 503 in time for everybody, and the first callbacks after it are taken', async () => {
  const before = load(64, 'x');
  await eventually(() => before.stored.size > 200, { timeoutMs: 60_000 });
  await before.stop();

  const client = await receiver.pool.connect();
  try {
    await client.query('begin; lock table messages in exclusive mode');
    const during = load(64, 'x'.repeat(20_000));
    await eventually(() => during.deliveries.length > 300, { timeoutMs: 60_000 });
    const peak = receiver.memory();
    await during.stop();
    expect(during.stored.size).toBe(0);
    expect(countOf(during, 503)).toBe(during.deliveries.length);
    expect(mostAreInTime(during)).toBe(true);
    expect(peak).toBeLessThan(400 * megabyte);
    // Nothing piles up in the database, either.
    const { rows } = await receiver.pool.query(
      `select 1 from pg_stat_activity where application_name = 'chat-recall webhook' and datname = current_database()
          and wait_event_type = 'Lock'`,
    );
    expect(rows.length).toBeLessThanOrEqual(4);
    await client.query('commit');
  } finally {
    client.release(true);
  }
  const after = load(64, 'x');
  await eventually(() => after.stored.size > 200, { timeoutMs: 60_000 });
  await after.stop();
  expect(after.deliveries.find(({ ok }) => !ok)).toBeUndefined();
  expect(await missing(new Set([...before.stored, ...after.stored]))).toEqual([]);
}, 180_000);

test('more than the database takes: some are refused, the others are stored, and nobody is left without an answer', async () => {
  // A row takes 10 ms.
  await receiver.pool.query(`
    create function crawl() returns trigger language plpgsql as $$ begin perform pg_sleep(0.01); return new; end $$;
    create trigger crawl before insert on messages for each row execute function crawl()`);
  const heavy = load(500, 'x');
  await eventually(() => heavy.stored.size > 200, { timeoutMs: 60_000 });
  await heavy.stop();
  expect(countOf(heavy, 503)).toBeGreaterThan(0);
  expect(countOf(heavy, 503) + countOf(heavy, 200)).toBe(heavy.deliveries.length);
  expect(await missing(heavy.stored)).toEqual([]);

  await receiver.pool.query('drop trigger crawl on messages');
  const after = load(64, 'x');
  await eventually(() => after.stored.size > 200, { timeoutMs: 60_000 });
  await after.stop();
  expect(after.deliveries.find(({ ok }) => !ok)).toBeUndefined();
}, 180_000);
