/** Texts of `recall health`, and of what `recall doctor` reads there. */
export const healthEn = {
  command: 'How the system does: callbacks, alarm, calls, batches, index, errors',
  field: { callbacks: 'Callbacks', alarm: 'ALARM', calls: 'Calls', batches: 'Batches', index: 'Index' },
  callbacks: (perSecond: string, delays: string, last: string) =>
    `${perSecond} a second${delays === '' ? '' : `, delay ${delays}`}; ${last === '' ? 'none has come so far' : `the last one ${last} ago`}`,
  delays: (p50: string, p95: string) => `${p50} s (p50), ${p95} s (p95)`,
  silent: (spoke: string, last: string) =>
    `groups speak (the platform told of new messages ${spoke} ago), and ${last === '' ? 'no callback has ever come' : `the last callback came ${last} ago`}`,
  calls: (perSecond: string, limit: number, slowed: string) =>
    `${perSecond} of ${limit} a second${slowed === '' ? '' : `; slowed down to ${slowed} after the platform refused for frequency`}`,
  batches: (waiting: number, queued: number, running: number, oldest: string) =>
    `${waiting} waiting, ${queued} queued, ${running} running${oldest === '' ? '' : `; the oldest has been queued for ${oldest}`}`,
  index: (missing: number, conversations: number, refused: number) =>
    missing === 0 && refused === 0
      ? 'nothing is missing that could still be asked for'
      : `${missing} missing in ${conversations} conversation${conversations === 1 ? '' : 's'}${refused === 0 ? '' : `, history of ${refused} refused (10007)`}: recall coverage`,
  commandsTitle: 'Callbacks of two days',
  commandHead: { command: 'command', count: 'count', last: 'last', details: 'said' },
  errorsTitle: 'Refusals of the last hour',
  // Doctor.
  doctorSilentAdvice:
    'Is the callback "after a group message is sent" on in the platform\'s console, and does its URL lead to the receiver? Look at the receiver\'s log for refused callbacks, too.',
  doctorIndexOk: 'nothing is missing that could still be asked for',
  doctorIndexMissing: (missing: number, conversations: number) =>
    `${missing} sequences in ${conversations} conversation${conversations === 1 ? '' : 's'} are not in the index yet`,
  doctorIndexAdvice:
    'History is asked for them by itself, a minute after they were missed. When they stay: does a worker run, is TENCENT_HISTORY_CALLS_PER_SECOND above 0, and what does `recall coverage` say?',
  doctorHistoryOk: 'no conversation is known whose history is refused',
  doctorHistoryRefused: (conversations: number) =>
    `is refused for ${conversations} conversation${conversations === 1 ? '' : 's'} (10007: no permission)`,
  doctorHistoryAdvice:
    'What they miss cannot be read back. Does TENCENT_ADMIN name an administrator of the app? Some kinds of groups have no history to read, too. `recall coverage --all` names them.',
} as const;
