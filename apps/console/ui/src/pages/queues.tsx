import { Page } from '../parts/page.tsx';
import { useWords } from '../words/index.ts';

/** bull-board, of the same origin and by the same session. */
export function QueuesPage() {
  const words = useWords();
  return (
    <Page title={words.queues.title}>
      <iframe className="board" src="/queues" title={words.queues.frame} />
    </Page>
  );
}
