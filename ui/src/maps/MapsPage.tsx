import { Badge, Button, Stack, Table, Text, TextInput, VisuallyHidden } from '@mantine/core';
import { IconCopy, IconLock, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { ManagersOnly } from '../signin/ManagersOnly';
import { CloneMap, CreateMap } from './MapForms';
import { type MapSummary, maps } from './queries';

export default function MapsPage() {
  const list = useQuery(maps());
  const [creating, create] = useState(false);
  const [cloning, clone] = useState<string>();
  const [search, setSearch] = useState('');
  const words = search.trim().toLowerCase();
  const shown = list.data?.filter((map) =>
    [map.name, map.description, map.source, map.target].some((part) => part.toLowerCase().includes(words)),
  );
  return (
    <Page
      title="Transform maps"
      about="Which field of a source becomes which field of the inventory."
      actions={
        <ManagersOnly>
          <Button leftSection={<IconPlus size={16} />} onClick={() => create(true)}>
            Create New
          </Button>
        </ManagersOnly>
      }
    >
      {list.isPending ? (
        <Loading what="transform maps" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : (
        <>
          {list.data.length > 8 && (
            <TextInput
              type="search"
              maw={360}
              aria-label="Search transform maps"
              placeholder="Search by name, description or data model"
              leftSection={<IconSearch size={16} />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
          )}
          <section className="card">
            {shown?.length === 0 ? (
              <Empty title={words ? 'No map fits the search' : 'No transform maps'}>
                {words ? 'Shorten it, or clear it to see every map.' : 'Create the first one.'}
              </Empty>
            ) : (
              <Maps maps={shown ?? []} onClone={clone} />
            )}
          </section>
        </>
      )}
      <CreateMap opened={creating} onClose={() => create(false)} />
      {cloning !== undefined && <CloneMap of={cloning} opened onClose={() => clone(undefined)} />}
    </Page>
  );
}

function Maps({ maps: shown, onClone }: { maps: MapSummary[]; onClone: (name: string) => void }) {
  return (
    <Table.ScrollContainer minWidth={900}>
      <Table verticalSpacing="sm" aria-label="Transform maps">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Source and target</Table.Th>
            <Table.Th>Used by</Table.Th>
            <Table.Th>Version</Table.Th>
            <Table.Th>Saved</Table.Th>
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((map) => (
            <Table.Tr key={map.name}>
              <Table.Td maw={380}>
                <TextLink to="/transform-maps/$name" params={{ name: map.name }} fw={500}>
                  {map.name}
                </TextLink>
                {map.readOnly && (
                  <div>
                    <ReadOnly />
                  </div>
                )}
                {map.description && (
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    {map.description}
                  </Text>
                )}
                {map.unreadable && (
                  <Text size="xs" c="red">
                    {map.unreadable}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                {map.source} → {map.target}
              </Table.Td>
              <Table.Td>
                {map.usedBy.length === 0 ? (
                  <Text span size="sm" c="dimmed">
                    no profile
                  </Text>
                ) : (
                  map.usedBy.map((profile) => <div key={profile}>{profile}</div>)
                )}
              </Table.Td>
              <Table.Td className="number">{map.version ?? '–'}</Table.Td>
              <Table.Td>
                <Stack gap={0}>
                  <Time at={map.savedAt} />
                  {map.author && (
                    <Text size="xs" c="dimmed">
                      by {map.author}
                    </Text>
                  )}
                </Stack>
              </Table.Td>
              <Table.Td ta="right">
                <ManagersOnly>
                  <Button
                    size="compact-sm"
                    variant="default"
                    leftSection={<IconCopy size={14} />}
                    aria-label={`Clone ${map.name}`}
                    onClick={() => onClone(map.name)}
                  >
                    Clone
                  </Button>
                </ManagersOnly>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** Marks a map that a connector ships. */
export function ReadOnly() {
  return (
    <Badge
      variant="default"
      radius="sm"
      size="sm"
      tt="none"
      style={{ flex: 'none' }}
      leftSection={<IconLock size={11} />}
      title="A connector ships it. Clone it to change it."
    >
      Default, read-only
    </Badge>
  );
}
