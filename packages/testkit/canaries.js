/**
 * Stands in the secrets and message texts of the tests. Whatever the processes and parts of a run print is searched
 * for it at the end, and a run in which it was printed fails (reporter.js).
 */
export const canary = 'c4n4ry';

/** What must never be printed, by what it is. */
const forbidden = {
  'a secret or a text of the tests': new RegExp(`${canary}|0f1e2d3c4b5a6978|the parcel is here`, 'iu'),
  'a UserSig': /eJ[wxyz][A-Za-z0-9*_-]{60,}/u,
  "a callback's signature": /[?&]Sign=[0-9a-f]{8,}/iu,
  'a bearer token': /bearer\s+[\w.~+/=-]{12,}/iu,
  'a password in a URL': /\w:\/\/[^\s:/@"]*:[^\s@"/]+@/u,
};

/**
 * @param {string} line as it was printed
 * @returns {{ what: string, masked: string } | undefined} what it gives away, and the line without it
 */
export function leakIn(line) {
  const what = Object.keys(forbidden).find((name) => forbidden[name].test(line));
  if (what === undefined) return undefined;
  let masked = line;
  for (const pattern of Object.values(forbidden)) masked = masked.replaceAll(new RegExp(pattern, 'giu'), '▮▮▮');
  return { what, masked };
}
