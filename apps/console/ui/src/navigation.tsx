import { NavLink, Text } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { useMay } from './session/use-session.ts';
import { useWords } from './words/index.ts';

type Entry = readonly [path: string, label: string, shown: boolean];

/** The pages, by what people come for. */
export function Navigation() {
  const words = useWords();
  const may = useMay();
  const [location] = useLocation();
  const { nav } = words;
  const groups: readonly (readonly [title: string, entries: readonly Entry[]])[] = [
    [
      nav.groups.work,
      [
        ['/', nav.search, true],
        ['/recalls/new', nav.newRecall, may.recall],
        ['/recalls', nav.recalls, true],
        ['/rules', nav.rules, true],
        ['/senders', nav.senders, true],
      ],
    ],
    [
      nav.groups.watch,
      [
        ['/health', nav.health, true],
        ['/coverage', nav.coverage, true],
        ['/backfills', nav.backfill, true],
        ['/queue', nav.queues, may.seeQueues],
      ],
    ],
    [
      nav.groups.prove,
      [
        ['/protected', nav.protected, true],
        ['/audit', nav.audit, may.readAudit],
        ['/erasures', nav.erasures, may.administer],
        ['/access', nav.access, may.administer],
      ],
    ],
  ];
  const all = groups.flatMap(([, entries]) => entries);
  const here = all.find(([path]) => location === path) ?? all.findLast(([path]) => location.startsWith(`${path}/`));
  return groups.map(([title, entries]) => (
    <div key={title} role="group" aria-label={title}>
      <Text size="xs" fw={600} className="muted nav-group" aria-hidden>
        {title}
      </Text>
      {entries
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
            py={6}
          />
        ))}
    </div>
  ));
}
