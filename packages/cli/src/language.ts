export type Language = 'en' | 'zh';

/** By `--lang`, else by the locale of the environment in the order of POSIX; else English. */
export function languageOf(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = environment;
  const locale = [LC_ALL, LC_MESSAGES, LANG].find((value) => value !== undefined && value !== '');
  return /^zh/iu.test(given(args) ?? locale ?? '') ? 'zh' : 'en';
}

/** Looked for before the command line is parsed: help and refusals are in that language, too. */
function given(args: readonly string[]): string | undefined {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  const at = flags.findLastIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  return flags[at] === '--lang' ? flags[at + 1] : flags[at]?.slice('--lang='.length);
}
