import CliTable from 'cli-table3';
import type { Violation } from './checks/check.ts';
import { describeFault, type PlannedFault } from './plan/faults.ts';
import type { Schedule } from './plan/schedule.ts';
import type { RunResult } from './run.ts';
import type { Injected } from './work/injector.ts';

/** Violations of one kind that are told in full. */
const shownViolations = 8;
/** Faults told before a violation. */
const shownFaults = 6;

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const drawn = new CliTable({ head: [...head], style: { head: [], border: [] } });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString();
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

export function scheduleText({ faults, recalls }: Schedule): string {
  const rows = faults.map(({ at, forMs, fault }) => {
    const { kind, target, how } = describeFault(fault);
    return [seconds(at), forMs === 0 ? '–' : seconds(forMs), kind, target, how];
  });
  const cancelled = recalls.filter(({ cancelAfterMs }) => cancelAfterMs !== null).length;
  return `${table(['at, s', 'for, s', 'fault', 'target', 'how'], rows)}\n${recalls.length} recalls, ${cancelled} of them cancelled`;
}

export function faultLine({ at, forMs, fault }: PlannedFault): string {
  const { target, how } = describeFault(fault);
  return `${seconds(at).padStart(6)} s  ${target}: ${how}${forMs === 0 ? '' : ` for ${seconds(forMs)} s`}`;
}

export function violationsOf({ checked }: RunResult): number {
  return checked.reduce((sum, { violations }) => sum + violations.length, 0);
}

export function faultsText({ injected }: RunResult): string {
  const impossible = injected.filter(({ problem }) => problem !== null).length;
  return `${injected.length} faults${impossible === 0 ? '' : ` (${impossible} not possible)`}`;
}

export function resultText(result: RunResult): string {
  const counts: Record<string, number> = {};
  for (const { planned, problem } of result.injected) {
    const kind = `${describeFault(planned.fault).kind}${problem === null ? '' : ' (not possible)'}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return [
    table(
      ['check', 'looked at', 'violations'],
      result.checked.map(({ title, looked, violations }) => [
        title,
        looked,
        violations.length === 0 ? 'none' : violations.length,
      ]),
    ),
    table(
      ['faults', 'number'],
      Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)),
    ),
    table(['figure', 'number'], Object.entries(result.figures)),
  ].join('\n');
}

export function violationsText({ checked, injected }: RunResult): string {
  return checked
    .filter(({ violations }) => violations.length > 0)
    .flatMap(({ title, violations }) => [
      `\n${title}:`,
      ...violations.slice(0, shownViolations).map((violation) => violationText(violation, injected)),
      ...(violations.length > shownViolations ? [`  … and ${violations.length - shownViolations} more`] : []),
    ])
    .join('\n');
}

function violationText({ at, what }: Violation, injected: readonly Injected[]): string {
  if (at === null) return `  ${what}`;
  const before = injected.filter(({ from }) => from <= at).sort((a, b) => a.from - b.from);
  return [
    `  ${new Date(at).toISOString()} ${what}`,
    ...before
      .slice(-shownFaults)
      .map(
        ({ planned, from, to }) =>
          `      ${new Date(from).toISOString().slice(11, 23)}–${to === Infinity ? '' : new Date(to).toISOString().slice(11, 23)} ${faultLine(planned).trim()}`,
      ),
  ].join('\n');
}
