import type { Language } from '../language.ts';
import { en } from './en.ts';
import { zh } from './zh.ts';

/** Every text of the command line; `en` sets the shape. */
export type Words = Widened<typeof en>;

type Widened<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { readonly [K in keyof T]: Widened<T[K]> };

const languages: Readonly<Record<Language, Words>> = { en, zh };

export function wordsOf(language: Language): Words {
  return languages[language];
}
