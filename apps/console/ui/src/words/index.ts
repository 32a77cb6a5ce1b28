import { en, type Words } from './en.ts';
import { useLanguage } from './language.ts';
import { zh } from './zh.ts';

export type { Words };

/** Every text of the page, in the chosen language. */
export function useWords(): Words {
  return useLanguage() === 'zh' ? zh : en;
}
