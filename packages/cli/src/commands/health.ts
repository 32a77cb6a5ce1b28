import type { Health } from '@chat-recall/client';
import type { Command } from 'commander';
import { handler, verb, type Desk } from '../desk.ts';
import { exit } from '../exit-status.ts';
import { printable } from '../printable.ts';
import { showSilence } from '../show-silence.ts';
import { moment, span } from '../spans.ts';
import { table } from '../tables.ts';

const longestDetails = 60;

export function health(desk: Desk): Command {
  return verb('health', desk.words.health.command).action(
    handler(desk, async ({ client, tell }) => {
      const figures = await client().health();
      tell(figures, () => showHealth(desk, figures));
      return exit.done;
    }),
  );
}

function showHealth({ words, terminal }: Desk, figures: Health): string {
  const { health: said } = words;
  const { field, commandHead: head } = said;
  const { at, ingest, batches, calls, coverage, commands, errors } = figures;
  const ago = (time: string | null): string => (time === null ? '' : span((Date.parse(at) - Date.parse(time)) / 1_000));
  const delays =
    ingest.delaySeconds === null ? '' : said.delays(String(ingest.delaySeconds.p50), String(ingest.delaySeconds.p95));
  const slowed = calls.factor < 1 ? `${Math.round(calls.factor * 100)} %` : '';
  const oldest = batches.oldestQueuedSeconds < 1 ? '' : span(batches.oldestQueuedSeconds);
  const silence = showSilence(figures, words);
  const lines = [
    ...(silence === null ? [] : [[terminal.paint('red', field.alarm), terminal.paint('red', silence)]]),
    [field.callbacks, said.callbacks(rate(ingest.perSecond), delays, ago(ingest.lastCallbackAt))],
    [field.calls, said.calls(rate(calls.perSecond), calls.limit, slowed)],
    [field.batches, said.batches(batches.waiting, batches.queued, batches.running, oldest)],
    [field.index, said.index(coverage.missing, coverage.incomplete, coverage.refused)],
  ];
  const counted = commands.map(({ command, count, lastAt, details }) => [
    printable(command),
    count,
    moment(lastAt),
    details === null ? '' : printable(JSON.stringify(details), longestDetails),
  ]);
  return [
    table(terminal, [], lines),
    ...(counted.length === 0
      ? []
      : ['', said.commandsTitle, table(terminal, [head.command, head.count, head.last, head.details], counted)]),
    ...(errors.length === 0
      ? []
      : [
          '',
          said.errorsTitle,
          table(
            terminal,
            [],
            errors.map(({ count, retCode, meaning }) => [count, retCode, printable(meaning)]),
          ),
        ]),
  ].join('\n');
}

function rate(perSecond: number): string {
  return String(Math.round(perSecond * 10) / 10);
}
