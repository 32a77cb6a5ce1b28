import { Button } from '@mantine/core';
import { useState, type MouseEvent, type ReactNode } from 'react';
import { ensureSession } from '../api/client.ts';

/**
 * A link whose target the browser saves as it arrives: however long it is, no script holds it. When the
 * session has expired, the dialog comes first and the file after it.
 */
export function DownloadLink({
  href,
  name,
  onProblem,
  children,
}: {
  readonly href: string;
  /** Of the file. */
  readonly name: string;
  /** Told why it cannot begin, and null when it does. */
  readonly onProblem: (problem: unknown) => void;
  readonly children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  async function begin(link: HTMLAnchorElement): Promise<void> {
    setBusy(true);
    try {
      await ensureSession();
      onProblem(null);
      // A new one: this one's click would come back to us.
      const plain = document.createElement('a');
      plain.href = link.href;
      plain.download = link.download;
      plain.click();
    } catch (problem) {
      onProblem(problem);
    } finally {
      setBusy(false);
    }
  }
  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    event.preventDefault();
    if (!busy) void begin(event.currentTarget);
  }
  return (
    <Button variant="default" component="a" href={href} download={name} onClick={follow} loading={busy}>
      {children}
    </Button>
  );
}
