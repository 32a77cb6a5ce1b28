import type { Backfill, BackfillDetails, Client } from '@chat-recall/client';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { agrees, mustBeAbleToAsk } from '../consent.ts';
import { handler, idOf, verb, type Desk, type Work } from '../desk.ts';
import { exit, type ExitStatus } from '../exit-status.ts';
import { printable } from '../printable.ts';
import { showBackfill, showBackfillEnd, showBackfillProgress, showEstimate } from '../show-backfill.ts';
import { moment } from '../spans.ts';
import { table } from '../tables.ts';
import { countOption, parseDuration, parseTime } from '../times.ts';

interface StartOptions {
  readonly kind: Backfill['kind'];
  readonly since?: string;
  readonly estimate?: boolean;
  readonly yes?: boolean;
  readonly wait: boolean;
}

const shownByDefault = 20;

export function backfill(desk: Desk): Command {
  const command = verb('backfill', desk.words.backfill.command.backfill);
  return command
    .addCommand(startBackfill(desk))
    .addCommand(listBackfills(desk))
    .addCommand(showOne(desk))
    .addCommand(watchBackfill(desk))
    .addCommand(control(desk, 'pause'))
    .addCommand(control(desk, 'resume'))
    .addCommand(control(desk, 'cancel'));
}

function startBackfill(desk: Desk): Command {
  const { words } = desk;
  const { backfill: said } = words;
  return verb('start', said.command.start)
    .addOption(new Option('--kind <kind>', said.flag.kind).choices(['history', 'files']).makeOptionMandatory())
    .option('--since <when>', said.flag.since, (text) => sinceOf(text, desk))
    .option('--estimate', said.flag.estimate)
    .option('-y, --yes', words.flag.yes)
    .option('--no-wait', said.flag.noWait)
    .action(handler<StartOptions>(desk, (work) => start(desk, work)));
}

async function start(desk: Desk, { options, json, client, tell }: Work<StartOptions>): Promise<ExitStatus> {
  const { words, terminal } = desk;
  const { backfill: said } = words;
  if (options.estimate !== true) mustBeAbleToAsk(desk, options);
  const console = client();
  const asks = options.yes !== true;
  const { id } = await console.backfills.create({
    kind: options.kind,
    // What is asked about is shown first.
    estimate: asks,
    ...(options.since === undefined ? {} : { since: options.since }),
  });
  if (!options.wait && (!asks || options.estimate === true)) {
    tell(await console.backfills.get(id), () => said.started(id));
    return exit.done;
  }
  if (asks) {
    const listed = await watch(desk, console, id, { json, untilStill: true });
    if (listed === null) return exit.interrupted;
    if (listed.cause?.code !== 'estimate_ready') return tellEnd(desk, listed, tell);
    if (options.estimate === true) {
      tell(
        listed,
        () => `${showEstimate(desk, listed)}\n${said.pausedNote(id, printable(listed.cause?.[desk.language] ?? ''))}`,
      );
      return exit.done;
    }
    terminal.out(showEstimate(desk, listed));
    if (!(await agrees(desk, said.question))) {
      terminal.out(said.declined(id));
      return exit.failures;
    }
    const going = await console.backfills.resume(id);
    if (!options.wait) {
      tell(going, () => said.started(id));
      return exit.done;
    }
  }
  const ended = await watch(desk, console, id, { json, untilStill: true });
  return ended === null ? exit.interrupted : tellEnd(desk, ended, tell);
}

function listBackfills(desk: Desk): Command {
  const { words, terminal } = desk;
  const { backfill: said } = words;
  const { head } = said;
  return verb('list', said.command.list)
    .option('--limit <n>', words.flag.page, countOption(words.countWrong, 1, 1_000), shownByDefault)
    .action(
      handler<{ readonly limit: number }>(desk, async ({ options: { limit }, client, json, tell }) => {
        const { items, nextCursor } = await client().backfills.list({ limit });
        const more = nextCursor !== null;
        const headings = [head.id, head.kind, head.state, head.parts, head.calls, head.messages, head.by, head.created];
        tell({ items, more }, () => (items.length === 0 ? said.none : table(terminal, headings, items.map(row))));
        if (more && !json) terminal.err(words.moreItems(items.length));
        return exit.done;
      }),
    );

  function row(one: Backfill): string[] {
    const { parts, calls } = one;
    return [
      one.id,
      said.kind[one.kind],
      said.state[one.state],
      `${parts.total - parts.waiting - parts.running}/${parts.total}`,
      `${calls.made}`,
      String(one.messages),
      printable(one.requestedBy),
      moment(one.createdAt),
    ];
  }
}

function showOne(desk: Desk): Command {
  const { words } = desk;
  return verb('show', words.backfill.command.show)
    .argument('<id>', words.backfill.id)
    .action(
      handler(desk, async ({ args, client, tell }) => {
        const one = await client().backfills.get(idOf(args, words));
        tell(one, () => showBackfill(desk, one));
        return exit.done;
      }),
    );
}

function watchBackfill(desk: Desk): Command {
  const { words } = desk;
  return verb('watch', words.backfill.command.watch)
    .argument('<id>', words.backfill.id)
    .action(
      handler(desk, async ({ args, client, json, tell }) => {
        const ended = await watch(desk, client(), idOf(args, words), { json, untilStill: false });
        return ended === null ? exit.interrupted : tellEnd(desk, ended, tell);
      }),
    );
}

function control(desk: Desk, name: 'pause' | 'resume' | 'cancel'): Command {
  const { words } = desk;
  return verb(name, words.backfill.command[name])
    .argument('<id>', words.backfill.id)
    .action(
      handler(desk, async ({ args, client, tell }) => {
        const one = await client().backfills[name](idOf(args, words));
        tell(one, () => words.backfill.isNow(one.id, words.backfill.state[one.state]));
        return exit.done;
      }),
    );
}

/** Watches to the end, or until it waits for a person; null: Ctrl-C. */
async function watch(
  desk: Desk,
  console: Client,
  id: string,
  { json, untilStill }: { readonly json: boolean; readonly untilStill: boolean },
): Promise<BackfillDetails | null> {
  const { words, terminal } = desk;
  const end = new AbortController();
  const interrupt = (): void => end.abort();
  process.once('SIGINT', interrupt);
  let last: Backfill['state'] | undefined;
  try {
    return await console.backfills.wait(id, {
      signal: end.signal,
      onProgress(reading) {
        if (json) return;
        terminal.status(showBackfillProgress(desk, reading));
        if (!terminal.interactive && last !== reading.state)
          terminal.err(words.backfill.isNow(id, words.backfill.state[reading.state]));
        last = reading.state;
      },
      until: ({ state }) => untilStill && state === 'paused',
    });
  } catch (error) {
    if (!end.signal.aborted) throw error;
    terminal.err(words.backfill.interrupted(id));
    return null;
  } finally {
    terminal.status('');
    process.removeListener('SIGINT', interrupt);
  }
}

function tellEnd(desk: Desk, ended: BackfillDetails, tell: Work<unknown>['tell']): ExitStatus {
  const { words, terminal, language } = desk;
  const { id, state, cause } = ended;
  tell(ended, () => {
    if (state === 'paused') return words.backfill.pausedNote(id, printable(cause?.[language] ?? ''));
    const line = terminal.paint(state === 'completed' ? 'green' : 'red', showBackfillEnd(desk, ended));
    return [line, ...(state === 'failed' ? [showBackfill(desk, ended), words.backfill.failedHint(id)] : [])].join('\n');
  });
  return state === 'completed' ? exit.done : exit.failures;
}

/** `7d` ago, or a time with its zone, in UTC. */
function sinceOf(text: string, { now, words }: Desk): string {
  const ms = parseDuration(text);
  const time = ms === null ? parseTime(text) : new Date(now().getTime() - ms).toISOString();
  if (time === null) throw new InvalidArgumentError(words.backfill.sinceWrong);
  return time;
}
