import { Button, Code, Group, Stack, Table, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';

export function AuditPanel() {
  const [filter, setFilter] = useState({ actor: '', object: '', action: '' });
  const [settled] = useDebouncedValue(filter, 300);
  const pages = useInfiniteQuery({
    queryKey: ['audit', settled],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/api/v1/audit', {
          params: {
            query: {
              actor: settled.actor || undefined,
              object: settled.object || undefined,
              action: settled.action || undefined,
              cursor: pageParam,
              limit: 100,
            },
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  });
  const entries = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack>
      <Group>
        {(['actor', 'object', 'action'] as const).map((field) => (
          <TextInput
            key={field}
            label={{ actor: 'Who', object: 'What', action: 'Action' }[field]}
            placeholder={{ actor: 'admin', object: 'connections/7', action: 'updateConnection' }[field]}
            value={filter[field]}
            onChange={(event) => setFilter({ ...filter, [field]: event.currentTarget.value })}
          />
        ))}
      </Group>
      {pages.isPending ? (
        <Loading what="the audit log" />
      ) : pages.isError ? (
        <Failure fault={pages.error} retry={() => pages.refetch()} />
      ) : entries.length === 0 ? (
        <Empty title="No entry fits">Widen the filters above.</Empty>
      ) : (
        <Table.ScrollContainer minWidth={860} className="card">
          <Table verticalSpacing="xs" aria-label="Audit log">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>When</Table.Th>
                <Table.Th>Who</Table.Th>
                <Table.Th>From</Table.Th>
                <Table.Th>Action</Table.Th>
                <Table.Th>What</Table.Th>
                <Table.Th>Outcome</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {pages.hasNextPage && (
        <Group>
          <Button size="xs" variant="default" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            Older entries
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Entry({ entry }: { entry: Schemas['AuditEntry'] }) {
  const [open, setOpen] = useState(false);
  const parts = (['request', 'before', 'after'] as const).filter((part) => entry[part] !== undefined);
  return (
    <Fragment>
      <Table.Tr>
        <Table.Td>
          <Time at={entry.at} />
        </Table.Td>
        <Table.Td>{entry.actor}</Table.Td>
        <Table.Td>{entry.address}</Table.Td>
        <Table.Td>
          {parts.length > 0 ? (
            <UnstyledButton
              fz="sm"
              td="underline"
              aria-expanded={open}
              aria-label={`${entry.action}, details`}
              onClick={() => setOpen(!open)}
            >
              {entry.action}
            </UnstyledButton>
          ) : (
            entry.action
          )}
        </Table.Td>
        <Table.Td>{entry.object}</Table.Td>
        <Table.Td>{entry.status < 400 ? 'Done' : `Refused (${entry.status})`}</Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <Group align="flex-start" grow>
              {parts.map((part) => (
                <div key={part}>
                  <Text size="xs" c="dimmed">
                    {{ request: 'Sent', before: 'Before', after: 'After' }[part]}
                  </Text>
                  <Code block>{JSON.stringify(entry[part], null, 2)}</Code>
                </div>
              ))}
            </Group>
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}
