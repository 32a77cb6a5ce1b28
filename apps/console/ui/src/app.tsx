import { Alert, AppShell, Burger, Button, Group, Menu, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { request } from './api/client.ts';
import { connection } from './api/connection.ts';
import { useObservable } from './api/observable.ts';
import { Pages } from './pages.tsx';
import { Preferences } from './parts/preferences.tsx';
import { session } from './session/store.ts';
import { useMay, useSession } from './session/use-session.ts';
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
          </Group>
          <Group gap="xs" wrap="nowrap">
            <Preferences />
            <Person />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={words.nav.label}>
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

function Navigation() {
  const words = useWords();
  const may = useMay();
  const [location] = useLocation();
  const pages: readonly (readonly [path: string, label: string, shown: boolean])[] = [
    ['/', words.nav.search, true],
    ['/recalls/new', words.nav.newRecall, may.recall],
    ['/recalls', words.nav.recalls, true],
    ['/senders', words.nav.senders, true],
    ['/protected', words.nav.protected, true],
    ['/audit', words.nav.audit, may.readAudit],
    ['/health', words.nav.health, true],
    ['/queue', words.nav.queues, may.seeQueues],
    ['/access', words.nav.access, may.administer],
  ];
  const here =
    pages.findLast(([path]) => location === path) ?? pages.find(([path]) => path !== '/' && location.startsWith(path));
  return pages
    .filter(([, , shown]) => shown)
    .map(([path, label]) => (
      <NavLink
        key={path}
        component={Link}
        href={path}
        label={label}
        active={here?.[0] === path}
        {...(here?.[0] === path ? { 'aria-current': 'page' as const } : {})}
        variant="filled"
      />
    ));
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
