import { describe, expect, it } from '@jest/globals';
import type { LedgerCall } from '@chat-recall/simulator';
import { checkEnough } from '../src/checks/enough.ts';
import type { Facts, RecallFacts } from '../src/checks/facts.ts';
import { checkTerminated } from '../src/checks/rest.ts';
import { checkSecrets, createSecretFinder, lookInside, oneOf } from '../src/checks/secrets.ts';
import type { Fault } from '../src/plan/faults.ts';
import type { Injected } from '../src/work/injector.ts';

const at = 1_800_000_000_000;

function injected(fault: Fault, more: Partial<Injected> = {}): Injected {
  return { planned: { at: 0, forMs: 1_000, fault }, from: at, to: at + 1_000, problem: null, ...more };
}

const texts = ({ violations }: { violations: readonly { what: string }[] }): string[] =>
  violations.map(({ what }) => what);

describe('what is asked to stop', () => {
  const asked = injected({ kind: 'terminate', part: 'worker-1' });
  const stop = (tookMs: number, code: number | null, others: readonly Injected[] = []): string[] => {
    const termination = { part: 'worker-1', from: at, to: at + tookMs, code, signal: null } as const;
    return texts(checkTerminated({ terminations: [termination] }, [asked, ...others]));
  };

  it('ends in time, and well', () => {
    expect(stop(800, 0)).toEqual([]);
    expect(stop(800, 1)).toEqual(['worker-1 was asked to stop: exit code 1 after 800 ms']);
    expect(stop(17_000, 0)).toHaveLength(1);
  });

  it('may say that it could not when another fault met it, and must end all the same', () => {
    const outage = injected({ kind: 'postgres-restart', signal: 'SIGQUIT' }, { from: at - 500, to: at + 500 });
    expect(stop(800, 1, [outage])).toEqual([]);
    expect(stop(17_000, 1, [outage])).toHaveLength(1);
    expect(stop(800, 1, [injected({ kind: 'kill', part: 'worker-2' })])).toHaveLength(1);
    expect(stop(800, 1, [{ ...outage, to: at }])).toHaveLength(1);
  });
});

describe('a run with nothing to check', () => {
  const call = { at } as LedgerCall;
  const all = {
    answered: [{ owner: 'a', msgSeq: 1, at, receiver: 1 }],
    calls: [call],
    recalls: [{ cancelledAt: at + 1, calls: [call] } as unknown as RecallFacts],
  } satisfies Partial<Facts>;
  const untouched = [{ cancelledAt: at, calls: [call] } as unknown as RecallFacts];

  it.each([
    ['callbacks', { ...all, answered: [] }],
    ['calls', { ...all, calls: [] }],
    ['cancelled', { ...all, recalls: untouched }],
  ])('fails when it was long enough: no %s', (what, had) => {
    expect(texts(checkEnough(all, [], 60))).toEqual([]);
    expect(texts(checkEnough(had, [], 60))).toEqual([expect.stringContaining(what)]);
    expect(texts(checkEnough(had, [], 30))).toEqual([]);
  });

  it('fails when more than a quarter of the faults were not possible', () => {
    const done = injected({ kind: 'redis-flush' });
    const impossible = { ...done, problem: 'away' };
    expect(texts(checkEnough(all, [done, done, done, impossible], 60))).toEqual([]);
    expect(texts(checkEnough(all, [done, done, impossible], 60))).toEqual(['1 of 3 faults were not possible: away']);
  });
});

describe('secrets', () => {
  const looked = { parts: [], logs: ['console'], missed: [] };
  const finder = () => {
    const made = createSecretFinder({ key: oneOf(['s3cret']) });
    made.look({ place: 'the queues', text: 'a job' });
    return made;
  };

  it('are found, with what stands around them', () => {
    const found = finder();
    found.look({ place: 'log of console', text: 'the key s3cret is told' });
    expect(texts(checkSecrets(found, looked))).toEqual(['key in log of console: …the key s3cret is told…']);
  });

  it('are not absent where nobody looked, or there was nothing to see', () => {
    const found = finder();
    found.look({ place: 'log of console', text: '' });
    expect(texts(checkSecrets(found, looked))).toEqual(['log of console: was not looked into']);
  });

  it('cannot be told of where a last look fails', async () => {
    const found = finder();
    found.look({ place: 'log of console', text: 'x' });
    const gone = { dump: () => Promise.reject(new Error('gone')) };
    const insides = { redis: gone, metricsUrls: new Map() } as unknown as Parameters<typeof lookInside>[1];
    const missed = await lookInside(found, insides);
    expect(texts(checkSecrets(found, { ...looked, missed }))).toEqual(['the queues at the end: Error: gone']);
  });
});
