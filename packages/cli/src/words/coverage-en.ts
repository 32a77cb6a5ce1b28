function several(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** Texts about what the index holds, what it misses, and what is registered with it. */
export const coverageEn = {
  command: {
    coverage: 'How complete the index is, and which conversations miss most',
    register: 'Put messages into the index of which no callback tells: sent or imported by REST',
  },
  flag: {
    group: 'only the conversations of this group; the sums stay those of the whole app',
    all: 'every conversation',
  },
  file: 'file with the messages as JSON or one JSON a line; - for standard input',
  // Coverage.
  share: (share: string, sequences: number, conversations: number) =>
    `${share} of ${several(sequences, 'sequence')} in ${several(conversations, 'conversation')} ${sequences === 1 ? 'is' : 'are'} accounted for.`,
  nothing: 'No conversation is known so far.',
  missing: (missing: number, conversations: number) =>
    `missing: ${missing} in ${several(conversations, 'conversation')}; history is asked for them`,
  unreachable: (count: number) =>
    `missed for good: ${count}; live groups and groups that are gone have no history to ask`,
  refused: (count: number) =>
    `history refused: ${several(count, 'conversation')} (10007): what they miss cannot be read back`,
  live: (count: number) => `live groups: ${count}; what they miss cannot be asked for`,
  head: {
    place: 'group',
    kind: 'type',
    missing: 'missing',
    unreachable: 'for good',
    share: 'share',
    history: 'history',
    newest: 'newest',
    active: 'active',
  },
  history: { open: 'open', none: 'none', gone: 'gone', refused: 'refused (10007)' },
  failures: (state: string, count: number) => `${state}, ${count} × failed`,
  ofPlan: (share: string, missing: number, unreachable: number) =>
    `in the index: ${share} of the sequences of these conversations${missing === 0 ? '' : `, ${missing} missing`}${unreachable === 0 ? '' : `, ${unreachable} missed for good`}`,
  // Registering.
  nothingToRegister: (file: string) => `FILE: ${file} holds no message`,
  notJson: (file: string, line: number) =>
    `FILE: ${file}, line ${line}: is no JSON object; give one message a line, or one JSON array of messages`,
  noObject: 'is no JSON object',
  wrongMessage: (file: string, number: number, what: string) => `FILE: ${file}, message ${number}: ${what}`,
  registeredBefore: (count: number) =>
    `${several(count, 'message')} of the file ${count === 1 ? 'is' : 'are'} in the index by now; the same file again is harmless.`,
  registering: (done: number, total: number) => `Registering: ${done} of ${total} …`,
  registered: (registered: number, known: number, dropped: number) =>
    `registered: ${registered}, known already: ${known}, dropped by the platform: ${dropped}`,
} as const;
