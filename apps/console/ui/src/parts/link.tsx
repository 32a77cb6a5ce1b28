import { Anchor, Button, type AnchorProps, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'wouter';

type LinkTo = { readonly to: string; readonly children: ReactNode; readonly 'aria-label'?: string };

/** A link within the console. */
export function TextLink({ to, children, ...props }: LinkTo & AnchorProps) {
  return (
    <Anchor component={Link} href={to} underline="always" {...props}>
      {children}
    </Anchor>
  );
}

export function ButtonLink({ to, children, ...props }: LinkTo & ButtonProps) {
  return (
    <Button component={Link} href={to} {...props}>
      {children}
    </Button>
  );
}
