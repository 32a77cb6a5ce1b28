import type { Pool, RateGate } from '@chat-recall/shared/db';
import { Counter, Gauge, Histogram, type Registry } from '@chat-recall/shared/metrics';
import type { Decision } from '@chat-recall/shared/recalls';
import { meaningOf, type RecallAnswer } from '@chat-recall/shared/tencent';

/** The worker's own metrics; names follow Prometheus' habits, no label holds an id. */
export function createWorkerMetrics(registry: Registry, parts: { pool: Pool; gates: () => readonly RateGate[] }) {
  const registers = [registry];
  const calls = new Counter({
    name: 'chat_recall_calls_total',
    help: 'Calls of group_msg_recall by what came back: the class of the ErrorCode, lost or not_sent.',
    labelNames: ['result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'chat_recall_call_seconds',
    help: 'How long a call took.',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5],
    registers,
  });
  const outcomes = new Counter({
    name: 'chat_recall_outcomes_total',
    help: 'Outcomes written by this process, by state; transient ones are written more than once.',
    labelNames: ['state'],
    registers,
  });
  new Gauge({
    name: 'chat_recall_batches',
    help: 'Batches by state, of all processes.',
    labelNames: ['state'],
    registers,
    async collect() {
      const { rows } = await parts.pool.query<{ state: string; n: number }>(
        `select state::text, count(*)::int as n from batches where state in ('waiting', 'queued', 'running') group by 1`,
      );
      for (const state of ['waiting', 'queued', 'running']) this.set({ state }, 0);
      for (const { state, n } of rows) this.set({ state }, n);
    },
  });
  new Gauge({
    name: 'chat_recall_oldest_queued_batch_seconds',
    help: 'Age of the batch that has been in the queue longest.',
    registers,
    async collect() {
      const { rows } = await parts.pool.query<{ age: number | null }>(
        `select extract(epoch from now() - min(queued_at))::float8 as age from batches where state = 'queued'`,
      );
      this.set(Math.max(0, rows[0]?.age ?? 0));
    },
  });
  const late = new Counter({
    name: 'chat_recall_late_messages_total',
    help: 'Messages that came after the plan of a recall was frozen and were appended to it.',
    registers,
  });
  new Gauge({
    name: 'chat_recall_follows',
    help: 'Recalls that follow what comes, rules among them.',
    registers,
    async collect() {
      const { rows } = await parts.pool.query<{ n: number }>(
        `select count(*)::int as n from follows f join recalls r on r.id = f.recall_id
          where f.ended_at is null and r.state in ('running', 'paused')`,
      );
      this.set(rows[0]?.n ?? 0);
    },
  });
  new Gauge({
    name: 'chat_recall_rules_capped',
    help: 'Rules that have reached their cap of the present UTC day.',
    registers,
    async collect() {
      const { rows } = await parts.pool.query<{ n: number }>(
        `select count(*)::int as n from rules u join rule_days d using (recall_id) join recalls r on r.id = u.recall_id
          where d.day = (now() at time zone 'UTC')::date and d.taken >= u.daily_cap and r.state in ('running', 'paused')`,
      );
      this.set(rows[0]?.n ?? 0);
    },
  });
  new Gauge({
    name: 'chat_recall_rate_factor',
    help: 'Share of the configured rate in force, the lowest of all apps; below 1 after the platform said that calls come too fast.',
    registers,
    async collect() {
      const factors = await Promise.all(parts.gates().map((gate) => gate.factor()));
      this.set(Math.min(1, ...factors));
    },
  });
  const held = new Gauge({
    name: 'chat_recall_partitions_held',
    help: 'Days older than the retention that are kept for open recalls, as of the last hour.',
    registers,
  });
  const rebuilt = new Counter({
    name: 'chat_recall_queue_worker_rebuilt_total',
    help: 'Times that jobs waited, none was taken, and the worker of the queue was built anew.',
    labelNames: ['queue'],
    registers,
  });
  return {
    onRebuilt: (queue: string): void => rebuilt.inc({ queue }),
    onHeld: (partitions: number): void => held.set(partitions),
    onLate: (messages: number): void => late.inc(messages),
    onCall(answer: RecallAnswer, decision: Decision, took: number): void {
      calls.inc({ result: answer.kind === 'answered' ? meaningOf(answer.errorCode).class : answer.kind });
      seconds.observe(took);
      for (const { state } of decision.verdicts) outcomes.inc({ state });
    },
  };
}
