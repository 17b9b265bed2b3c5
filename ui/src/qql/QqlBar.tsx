import { ActionIcon, Button, Menu, Skeleton, Text, Tooltip } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconClockHour4, IconSearch, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import classes from './QqlBar.module.css';
import type { Subject } from './queries';
import { SavedQueries } from './SavedQueries';

const Editor = lazy(() => import('./Editor'));

type Props = {
  subject: Subject;
  query: string;
  hint: string;
  onSearch: (query: string) => void;
};

const KEPT = 20;

/** The bar above a list: a query with completion, the queries asked before, and those kept by name. */
export function QqlBar({ subject, query, hint, onSearch }: Props) {
  const [draft, setDraft] = useState(query);
  const [asked, setAsked] = useLocalStorage<string[]>({ key: `asked:${subject}`, defaultValue: [] });
  useEffect(() => setDraft(query), [query]);
  const search = (wanted: string) => {
    const trimmed = wanted.trim();
    if (trimmed) {
      setAsked([trimmed, ...asked.filter((old) => old !== trimmed)].slice(0, KEPT));
    }
    setDraft(trimmed);
    onSearch(trimmed);
  };
  return (
    <search className={classes.bar}>
      <IconSearch size={18} stroke={1.6} aria-hidden className={classes.icon} />
      <Suspense fallback={<Skeleton height={20} my={9} flex={1} />}>
        <Editor
          subject={subject}
          value={draft}
          hint={hint}
          label="Query"
          onChange={setDraft}
          onSubmit={() => search(draft)}
        />
      </Suspense>
      {draft && (
        <Tooltip label="Clear">
          <ActionIcon variant="subtle" color="gray" aria-label="Clear the query" onClick={() => search('')}>
            <IconX size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      <Menu width={520} position="bottom-end">
        <Menu.Target>
          <Tooltip label="Queries asked before">
            <ActionIcon variant="subtle" color="gray" aria-label="Queries asked before">
              <IconClockHour4 size={18} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </Menu.Target>
        <Menu.Dropdown mah={380} style={{ overflowY: 'auto' }}>
          <Menu.Label>Asked before, in this browser</Menu.Label>
          {asked.length === 0 && (
            <Text size="sm" c="dimmed" px="sm" pb="xs">
              Nothing yet.
            </Text>
          )}
          {asked.map((old) => (
            <Menu.Item key={old} onClick={() => search(old)} ff="monospace" fz="xs">
              {old}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <SavedQueries subject={subject} draft={draft} onChoose={search} />
      <Button size="sm" onClick={() => search(draft)}>
        Search
      </Button>
    </search>
  );
}
