import { Command, InvalidArgumentError, Option } from 'commander';
import { audit } from './commands/audit.ts';
import { backfill } from './commands/backfill.ts';
import { control } from './commands/control.ts';
import { coverage } from './commands/coverage.ts';
import { create } from './commands/create.ts';
import { doctor } from './commands/doctor.ts';
import { erase } from './commands/erase.ts';
import { approve, execute } from './commands/execute.ts';
import { findings } from './commands/findings.ts';
import { health } from './commands/health.ts';
import { list } from './commands/list.ts';
import { outcomes } from './commands/outcomes.ts';
import { plan } from './commands/plan.ts';
import { protect } from './commands/protect.ts';
import { register } from './commands/register.ts';
import { rules } from './commands/rules.ts';
import { search } from './commands/search.ts';
import { sessions } from './commands/sessions.ts';
import { show } from './commands/show.ts';
import { tokens } from './commands/tokens.ts';
import { verify } from './commands/verify.ts';
import { watch } from './commands/watch.ts';
import type { Desk } from './desk.ts';
import { countOption } from './times.ts';

/** The commands, in the order in which help lists them. */
export function createProgram(desk: Desk, version: string): Command {
  const { words } = desk;
  const { flag } = words;
  const program = new Command('recall')
    .description(words.program)
    .option('--url <url>', flag.url)
    .option('--token-file <file>', flag.tokenFile)
    .option('--app <sdkAppId>', flag.app, countOption(words.appWrong))
    .option('--json', flag.json)
    .addOption(
      new Option('--lang <language>', flag.lang).argParser((text: string) => {
        if (text === 'en' || text === 'zh') return text;
        throw new InvalidArgumentError(words.langWrong);
      }),
    )
    .version(version, '-V, --version', flag.version)
    .addHelpText('after', `\n${words.footer}`);
  for (const command of [
    search(desk),
    plan(desk),
    create(desk),
    watch(desk),
    list(desk),
    show(desk),
    outcomes(desk),
    execute(desk),
    approve(desk),
    control(desk, 'pause'),
    control(desk, 'resume'),
    control(desk, 'cancel'),
    control(desk, 'retry'),
    control(desk, 'stop-following'),
    verify(desk),
    findings(desk),
    rules(desk),
    tokens(desk),
    sessions(desk),
    protect(desk),
    erase(desk),
    coverage(desk),
    register(desk),
    backfill(desk),
    audit(desk),
    health(desk),
    doctor(desk),
  ]) {
    program.addCommand(command);
  }
  for (const command of [program, ...allBelow(program)]) prepare(command, desk);
  return program;
}

function allBelow(command: Command): readonly Command[] {
  return command.commands.flatMap((below) => [below, ...allBelow(below)]);
}

/** Refusals are thrown, and told in one place and in the chosen language. */
function prepare(command: Command, { words, terminal }: Desk): void {
  command
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .helpOption('-h, --help', words.flag.help)
    .helpCommand(false)
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => (words.title as Readonly<Record<string, string>>)[title] ?? title,
    })
    .configureOutput({
      writeOut: (text) => terminal.out(text.replace(/\n$/u, '')),
      // The message is in what is thrown.
      writeErr: () => {},
    });
}
