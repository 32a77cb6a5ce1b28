function messages(count: number): string {
  return `${count} message${count === 1 ? '' : 's'}`;
}

/** Texts about what proves a recall, and what was compared with history before it. */
export const proofEn = {
  command: {
    verify: 'Have history asked whether what a recall took back is gone',
    findings: 'Planned messages of which history says something else than their callbacks did',
  },
  flag: {
    all: 'also what the recall callback has confirmed',
    watch: 'then watch until history was asked',
    verifySenders: 'compare the senders with history first, and leave out what does not agree',
    refresh: 'read the texts again first, and leave out what was edited and matches no more',
  },
  field: { proof: 'Proof', check: 'Compared' },
  /** Grades of proof; the same message may have several. */
  grades: (answered: number, confirmed: number, verified: number, unproved: number) =>
    `${answered} answered, ${confirmed} confirmed, ${verified} verified; ${unproved === 0 ? 'none' : unproved} unproved`,
  line: (grades: string) => `proof: ${grades}`,
  flagged: (id: string) => `Nobody confirmed them within five minutes of the end. Ask history: recall verify ${id}`,
  wanted: 'history is being asked',
  unverifiable: (count: number) =>
    `${count} cannot be told by history (live groups, groups that are gone, answers of the last minute, or the worker reads no history)`,
  disproved: (count: number, id: string) =>
    `${messages(count)} ${count === 1 ? 'is' : 'are'} still there, although the recall was answered: failed now. Call again: recall retry ${id}`,
  asked: (id: string) => `History is asked about recall ${id}. recall verify ${id} --watch`,
  progress: (verified: number, answered: number) => `Asking history: ${verified} of ${answered} verified …`,
  ended: (grades: string) => `History was asked: ${grades}.`,
  timedOut: (id: string) => `The time is up; history is asked on. recall show ${id}`,
  interrupted: (id: string) => `History is asked on. recall show ${id}`,
  // Before a recall.
  checking: (checked: number) => `Planning: ${messages(checked)} compared with history …`,
  checkOf: { senders: 'senders', texts: 'texts', both: 'senders and texts' },
  checked: (what: string, count: number) => `${what} with history, of ${messages(count)}`,
  senderDiffers: (count: number) => `${count} left out: another sender`,
  noMatch: (count: number) => `${count} left out: edited, and no match any more`,
  edited: (count: number) => `${count} edited, and in the plan still`,
  notCompared: (count: number) => `${count} could not be compared`,
  seeFindings: (id: string) => `Where history differs: recall findings ${id}`,
  findingHead: {
    place: 'group',
    seq: 'seq',
    finding: 'finding',
    sender: 'sender',
    told: 'in history',
    text: 'text in history',
  },
  finding: {
    sender_differs: 'another sender, left out',
    no_match: 'edited, left out',
    edited: 'edited, in the plan',
  },
  noFindings: 'Nothing was found to differ from history.',
} as const;
