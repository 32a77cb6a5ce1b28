import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { Page } from '../parts/page.tsx';
import { draftFrom, loadDraft, newDraftId } from '../recall/draft.ts';
import { selectorIn } from '../recall/selector-in.ts';
import { toLocal } from '../text/local-time.ts';
import { useWords } from '../words/index.ts';
import { RecallForm } from './recall-form.tsx';

/**
 * A form has an id in its address from the moment it opens: what was typed is kept under it, and the
 * recall is made under it, however often and from however many tabs it is sent.
 */
export function NewRecallPage() {
  const words = useWords();
  const [, go] = useLocation();
  const query = new URLSearchParams(useSearch());
  const draftId = query.get('draft');
  const selector = query.get('selector');
  useEffect(() => {
    if (draftId !== null) return;
    const next = new URLSearchParams({ ...(selector === null ? {} : { selector }), draft: newDraftId() });
    go(`/recalls/new?${next.toString()}`, { replace: true });
  }, [draftId, selector, go]);
  if (draftId === null) return null;
  return (
    <Page title={words.create.title}>
      <RecallForm
        key={draftId}
        draftId={draftId}
        initial={loadDraft(draftId) ?? draftFrom(selectorIn(selector), toLocal)}
      />
    </Page>
  );
}
