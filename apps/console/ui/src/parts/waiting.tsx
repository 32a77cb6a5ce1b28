import { Loader, type LoaderProps } from '@mantine/core';
import { useWords } from '../words/index.ts';

/** That something is on its way; said aloud, too, for which the loader alone lacks a role. */
export function Waiting(props: Pick<LoaderProps, 'size' | 'm'>) {
  const words = useWords();
  return <Loader role="progressbar" aria-label={words.loading} {...props} />;
}
