import { observable, useObservable } from '../api/observable.ts';

export type Language = 'en' | 'zh';

const key = 'chat-recall.language';

function initial(): Language {
  const stored = localStorage.getItem(key);
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.languages.some((language) => language.startsWith('zh')) ? 'zh' : 'en';
}

const language = observable<Language>(initial());
document.documentElement.lang = tagOf(language.get());

export function currentLanguage(): Language {
  return language.get();
}

export function useLanguage(): Language {
  return useObservable(language);
}

/** Stored, and followed at once by every text on the page. */
export function setLanguage(next: Language): void {
  localStorage.setItem(key, next);
  document.documentElement.lang = tagOf(next);
  language.set(next);
}

export function tagOf(of: Language): string {
  return of === 'zh' ? 'zh-CN' : 'en';
}
