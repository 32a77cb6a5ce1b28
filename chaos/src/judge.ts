import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkAlive,
  checkAnswered,
  checkAudit,
  checkCounts,
  checkEnded,
  checkTaken,
  checkTerminated,
} from './checks/rest.ts';
import { checkCancelled, checkPlanned, checkRate, checkWrittenAhead } from './checks/calls.ts';
import type { Checked, Violation } from './checks/check.ts';
import { checkEnough } from './checks/enough.ts';
import { gatherFacts } from './checks/facts.ts';
import { checkOutcomes } from './checks/outcomes.ts';
import { checkSecrets, lookIntoLog, type SecretFinder } from './checks/secrets.ts';
import type { Injected } from './work/injector.ts';

/** Reads what is known on all sides, and makes every check. */
export async function judgeAll(
  parts: Parameters<typeof gatherFacts>[0] & {
    readonly finder: SecretFinder;
    /** Of the last look into what tells no secrets, what could not be looked into. */
    readonly missed: readonly Violation[];
    /** Files by what wrote them. */
    readonly logs: ReadonlyMap<string, string>;
    /** What did not come to rest. */
    readonly open: readonly string[];
    readonly callsPerSecond: number;
    readonly injected: readonly Injected[];
    /** How long faults were injected. */
    readonly seconds: number;
    /** Gets what was judged by, when something was wrong. */
    readonly folder: string;
  },
): Promise<{ readonly checked: readonly Checked[]; readonly figures: Readonly<Record<string, number>> }> {
  const { finder, missed, logs, open, callsPerSecond, injected, seconds, folder, asker, system } = parts;
  const facts = await gatherFacts(parts);
  for (const [name, file] of logs) await lookIntoLog(finder, name, file);
  const checked = [
    checkAnswered(facts),
    checkOutcomes(facts),
    checkRate(facts, callsPerSecond),
    checkPlanned(facts),
    checkWrittenAhead(facts),
    checkCancelled(facts),
    checkCounts(facts),
    checkAudit(facts),
    checkSecrets(finder, { parts: system.parts.map(({ name }) => name), logs: logs.keys(), missed }),
    checkEnded(facts, open),
    checkAlive(facts),
    checkTerminated(facts, injected),
    checkTaken(asker.unanswered, asker.asked.length),
    checkEnough(facts, injected, seconds),
  ];
  if (checked.some(({ violations }) => violations.length > 0)) {
    const { stored: _stored, truth: _truth, leftAt, ...kept } = facts;
    writeFileSync(join(folder, 'facts.json'), JSON.stringify({ ...kept, leftAt: [...leftAt.values()] }));
  }
  const states: Record<string, number> = {};
  for (const { view } of facts.recalls) states[view.state] = (states[view.state] ?? 0) + 1;
  return {
    checked,
    figures: {
      'messages in the index': facts.stored.size,
      'recall calls that reached the stand-in': facts.calls.length,
      recalls: facts.recalls.length,
      ...Object.fromEntries(Object.entries(states).map(([state, n]) => [`recalls ${state}`, n])),
    },
  };
}
