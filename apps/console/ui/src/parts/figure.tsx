import { Paper, SimpleGrid, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Figures beside one another. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return (
    <SimpleGrid component="dl" cols={{ base: 2, sm: 3, lg: 6 }} spacing="sm" m={0}>
      {children}
    </SimpleGrid>
  );
}

export function Figure({
  label,
  children,
  id,
}: {
  readonly label: string;
  readonly children: ReactNode;
  readonly id?: string;
}) {
  return (
    <Paper withBorder p="sm" component="div">
      <Text component="dt" size="sm" className="muted">
        {label}
      </Text>
      <Text component="dd" m={0} fw={600} size="md" data-figure={id}>
        {children}
      </Text>
    </Paper>
  );
}
