import { negotiate } from './accept.ts';

/** The language of words in an answer, by `Accept-Language`. */
export function languageOf(acceptLanguage: string | undefined): 'en' | 'zh' {
  // Ranges such as zh-CN count as their language.
  const languages = acceptLanguage?.replaceAll(/\b([A-Za-z]{2,3})-[\w-]+/gu, '$1');
  return negotiate(languages, ['en', 'zh']) ?? 'en';
}
