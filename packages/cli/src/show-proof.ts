import type { Recall } from '@chat-recall/client';
import type { Words } from './words/words.ts';

/** `14 answered, 12 confirmed, 0 verified; 2 unproved` */
export function showGrades({ proof }: Recall, { proof: said }: Words): string {
  return said.grades(proof.answered, proof.confirmed, proof.verified, proof.unproved);
}

/** The grades, and what history has to do with them; null: it has taken nothing back. */
export function showProof(recall: Recall, words: Words): string | null {
  const { proof } = recall;
  if (proof.answered === 0) return null;
  return [
    showGrades(recall, words),
    ...(proof.verification === 'wanted' ? [words.proof.wanted] : []),
    ...(proof.unverifiable === 0 ? [] : [words.proof.unverifiable(proof.unverifiable)]),
  ].join('; ');
}

/** What to do about what nobody confirmed; null: nothing, or it is being done. */
export function proofHint({ id, proof }: Recall, words: Words): string | null {
  return proof.flagged && proof.verification === null ? words.proof.flagged(id) : null;
}

/** What was compared with history before anything was called; null: nothing. */
export function showCheck({ check }: Recall, { proof: said }: Words): string | null {
  if (check === null) return null;
  const what = check.senders && check.texts ? said.checkOf.both : said.checkOf[check.senders ? 'senders' : 'texts'];
  return [
    said.checked(what, check.checked),
    ...(check.senderDiffers === 0 ? [] : [said.senderDiffers(check.senderDiffers)]),
    ...(check.noMatch === 0 ? [] : [said.noMatch(check.noMatch)]),
    ...(check.edited === 0 ? [] : [said.edited(check.edited)]),
    ...(check.unverifiable === 0 ? [] : [said.notCompared(check.unverifiable)]),
  ].join('; ');
}

/** Whether `recall findings` has something to show. */
export function hasFindings({ check }: Recall): boolean {
  return check !== null && check.senderDiffers + check.noMatch + check.edited > 0;
}
