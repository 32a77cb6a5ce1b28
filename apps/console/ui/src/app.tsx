import { Alert, AppShell, Burger, Button, Group, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { request } from './api/client.ts';
import { connection } from './api/connection.ts';
import { useObservable } from './api/observable.ts';
import { Navigation } from './navigation.tsx';
import { Pages } from './pages.tsx';
import { AppChoice } from './parts/app-choice.tsx';
import { Preferences } from './parts/preferences.tsx';
import { session } from './session/store.ts';
import { useSession } from './session/use-session.ts';
import { useWords } from './words/index.ts';

/** The frame around every page. */
export function App() {
  const words = useWords();
  const online = useObservable(connection);
  const [open, menu] = useDisclosure(false);
  const [location] = useLocation();
  useEffect(() => menu.close(), [location]);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !open } }}
      padding="md"
    >
      <a href="#content" className="skip">
        {words.skip}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={open}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={words.menu}
              aria-expanded={open}
            />
            <Text fw={700} component="span" className="brand">
              {words.app}
            </Text>
            <AppChoice visibleFrom="sm" />
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Preferences />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" className="navigation" aria-label={words.nav.label}>
        <AppChoice hiddenFrom="sm" />
        <Navigation />
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {!online && (
          <Alert color="orange" variant="outline" role="status" mb="md">
            {words.offline}
          </Alert>
        )}
        <Pages />
      </AppShell.Main>
    </AppShell>
  );
}

function Person() {
  const words = useWords();
  const client = useQueryClient();
  const { principal } = useSession();
  async function logOut(): Promise<void> {
    // Whatever the answer: who wants out is out.
    await request('DELETE', '/api/v1/session').catch(() => undefined);
    client.clear();
    sessionStorage.clear();
    session.set(null);
  }
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button variant="default" size="compact-md" maw={160}>
          <bdi>{principal.name}</bdi>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{words.roles[principal.role]}</Menu.Label>
        <Menu.Item onClick={() => void logOut()}>{words.login.logout}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
