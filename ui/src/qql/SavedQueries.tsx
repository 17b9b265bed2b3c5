import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  Group,
  Popover,
  Text,
  TextInput,
  Tooltip,
  UnstyledButton,
} from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconBookmark, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { complain } from '../common/complain';
import { me } from '../signin/queries';
import classes from './QqlBar.module.css';
import { deleteSavedQuery, type Subject, savedQueries, saveQuery } from './queries';

type Props = { subject: Subject; draft: string; onChoose: (query: string) => void };

/** The queries that are kept by name: one's own, those for all, and what this browser kept before the server did. */
export function SavedQueries({ subject, draft, onChoose }: Props) {
  const [opened, setOpened] = useState(false);
  const client = useQueryClient();
  const manager = useQuery(me()).data?.role === 'MANAGER';
  const saved = useQuery({ ...savedQueries(subject), enabled: opened });
  const [old, setOld] = useLocalStorage<{ name: string; query: string }[]>({
    key: `saved:${subject}`,
    defaultValue: [],
  });
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const choose = (query: string) => {
    setOpened(false);
    onChoose(query);
  };
  const refresh = () => client.invalidateQueries({ queryKey: ['saved-queries', subject] });
  const keep = useMutation({
    mutationFn: () => saveQuery({ subject, name: name.trim(), query: draft.trim(), shared }),
    onSuccess: () => {
      setName('');
      return refresh();
    },
    onError: complain,
  });
  const forget = useMutation({ mutationFn: deleteSavedQuery, onSuccess: refresh, onError: complain });
  return (
    // No menu: there is a form in it.
    <Popover width={520} position="bottom-end" opened={opened} onChange={setOpened} trapFocus>
      <Popover.Target>
        <Tooltip label="Saved queries">
          <ActionIcon variant="subtle" color="gray" aria-label="Saved queries" onClick={() => setOpened(!opened)}>
            <IconBookmark size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown mah={480} p={4} style={{ overflowY: 'auto' }} aria-label="Saved queries">
        <Text size="xs" c="dimmed" px="sm" py={4}>
          Saved queries
        </Text>
        {saved.data?.items.length === 0 && old.length === 0 && (
          <Text size="sm" c="dimmed" px="sm" pb="xs">
            None yet. Write one, name it below and save it.
          </Text>
        )}
        {saved.isError && (
          <Text size="sm" c="red" px="sm" pb="xs">
            {saved.error.message}
          </Text>
        )}
        {saved.data?.items.map((kept) => (
          <Kept
            key={kept.id}
            name={kept.name}
            query={kept.query}
            where={kept.shared ? `for all, by ${kept.savedBy}` : undefined}
            onChoose={choose}
            onForget={!kept.shared || manager ? () => forget.mutate(kept.id) : undefined}
          />
        ))}
        {old.map((kept) => (
          <Kept
            key={kept.name}
            name={kept.name}
            query={kept.query}
            where="in this browser"
            onChoose={choose}
            onForget={() => setOld(old.filter((other) => other.name !== kept.name))}
          />
        ))}
        <form
          className={classes.keep}
          onSubmit={(event) => {
            event.preventDefault();
            keep.mutate();
          }}
        >
          <TextInput
            size="xs"
            flex={1}
            maxLength={100}
            placeholder="Name of the present query"
            aria-label="Name of the present query"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {manager && (
            <Checkbox
              size="xs"
              label="for all"
              checked={shared}
              onChange={(event) => setShared(event.currentTarget.checked)}
            />
          )}
          <Button
            type="submit"
            size="xs"
            variant="light"
            loading={keep.isPending}
            disabled={!name.trim() || !draft.trim()}
          >
            Save
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

type KeptProps = {
  name: string;
  query: string;
  where: string | undefined;
  onChoose: (query: string) => void;
  onForget: (() => void) | undefined;
};

function Kept({ name, query, where, onChoose, onForget }: KeptProps) {
  return (
    <Group gap={4} wrap="nowrap" pr="xs">
      <UnstyledButton className={classes.kept} onClick={() => onChoose(query)}>
        <Group gap="xs">
          <Text size="sm">{name}</Text>
          {where && (
            <Badge size="xs" variant="default" tt="none">
              {where}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" ff="monospace" truncate>
          {query}
        </Text>
      </UnstyledButton>
      {onForget && (
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={`Forget ${name}`} onClick={onForget}>
          <IconTrash size={14} />
        </ActionIcon>
      )}
    </Group>
  );
}
