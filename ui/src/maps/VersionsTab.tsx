import { Button, Code, Group, Modal, Select, Stack, Table, Text, Textarea, Title, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { ManagersOnly } from '../signin/ManagersOnly';
import type { Draft } from './draft';
import { useGo } from './go';
import { CloneMap, isConflict } from './MapForms';
import { mapDiff, maps, mapVersions, transformMap } from './queries';
import { RowChanges } from './RowChanges';
import { ofApi } from './text';

const route = getRouteApi('/inside/transform-maps/$name');

type Version = Schemas['TransformMapVersion'];

/** Who saved what when, what differs between two versions or maps, and the way back to an old one. */
export function VersionsTab({ draft }: { draft: Draft }) {
  const { base } = draft;
  const versions = useQuery(mapVersions(base.name));
  const [restoring, restore] = useState<Version>();
  const [cloning, clone] = useState<number>();
  if (versions.isPending) {
    return <Loading what="the versions" />;
  }
  if (versions.isError) {
    return <Failure fault={versions.error} retry={() => versions.refetch()} />;
  }
  return (
    <Stack>
      <section className="card">
        {versions.data.length === 0 ? (
          <Empty title="A default map has no versions">
            It comes with its connector, and changes only with it. Clones of it have a history of their own.
          </Empty>
        ) : (
          <Versions versions={versions.data} onRestore={restore} onClone={clone} dirty={draft.dirty} />
        )}
      </section>
      <Comparison name={base.name} versions={versions.data} />
      {restoring && <Restore draft={draft} version={restoring} onClose={() => restore(undefined)} />}
      {cloning !== undefined && <CloneMap of={base.name} version={cloning} opened onClose={() => clone(undefined)} />}
    </Stack>
  );
}

function Versions({
  versions,
  onRestore,
  onClone,
  dirty,
}: {
  versions: Version[];
  onRestore: (version: Version) => void;
  onClone: (version: number) => void;
  dirty: boolean;
}) {
  const { name } = route.useParams();
  const go = useGo(name);
  const newest = versions[0]?.version;
  return (
    <Table.ScrollContainer minWidth={760}>
      <Table verticalSpacing="xs" aria-label="Versions">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Version</Table.Th>
            <Table.Th>Saved</Table.Th>
            <Table.Th>By</Table.Th>
            <Table.Th>Comment</Table.Th>
            <Table.Th>
              <VisuallyHidden>Actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {versions.map((one) => (
            <Table.Tr key={one.version}>
              <Table.Td className="number">
                {one.version}
                {one.version === newest && (
                  <Text span size="xs" c="dimmed">
                    {' '}
                    newest
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Time at={one.savedAt} />
              </Table.Td>
              <Table.Td>{one.author}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{one.comment || '–'}</Table.Td>
              <Table.Td>
                <Group gap={6} justify="flex-end" wrap="nowrap">
                  {one.version > 1 && (
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`What changed in version ${one.version}`}
                      onClick={() => go({ from: one.version - 1, to: one.version, with: undefined })}
                    >
                      What changed
                    </Button>
                  )}
                  <ManagersOnly>
                    <Button
                      size="compact-xs"
                      variant="default"
                      aria-label={`Clone version ${one.version}`}
                      onClick={() => onClone(one.version)}
                    >
                      Clone
                    </Button>
                  </ManagersOnly>
                  {one.version !== newest && (
                    <ManagersOnly>
                      <Button
                        size="compact-xs"
                        variant="default"
                        disabled={dirty}
                        title={dirty ? 'Save or undo your changes first' : undefined}
                        aria-label={`Restore version ${one.version}`}
                        onClick={() => onRestore(one)}
                      >
                        Restore
                      </Button>
                    </ManagersOnly>
                  )}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Comparison({ name, versions }: { name: string; versions: Version[] }) {
  const { from, to, with: other } = route.useSearch();
  const go = useGo(name);
  const all = useQuery(maps());
  const newest = versions[0]?.version;
  const later = to ?? newest;
  const earlier =
    other === undefined ? (from ?? (later !== undefined && later > 1 ? later - 1 : undefined)) : undefined;
  const choices = versions.map((one) => ({ value: String(one.version), label: `Version ${one.version}` }));
  const enabled = other !== undefined || earlier !== undefined;
  const diff = useQuery({ ...mapDiff(name, { from: earlier, to: later, with: other }), enabled });
  return (
    <section className="card" style={{ padding: 16 }} aria-label="Comparison">
      <Group justify="space-between" align="flex-end" mb="sm">
        <Title order={2}>What differs</Title>
        <Group gap="xs" align="flex-end">
          <Select
            size="xs"
            w={280}
            label="Compare"
            allowDeselect={false}
            data={[
              ...(choices.length > 1 ? [{ group: 'This map', items: choices }] : []),
              {
                group: 'Another map, its newest version',
                items: (all.data ?? [])
                  .filter((map) => map.name !== name)
                  .map((map) => ({ value: `map ${map.name}`, label: map.name })),
              },
            ]}
            placeholder="Choose"
            value={other !== undefined ? `map ${other}` : earlier === undefined ? null : String(earlier)}
            onChange={(value) =>
              value?.startsWith('map ')
                ? go({ with: value.slice(4), from: undefined })
                : go({ from: Number(value), with: undefined })
            }
          />
          {choices.length > 0 && (
            <Select
              size="xs"
              w={150}
              label="with"
              allowDeselect={false}
              data={choices}
              value={later === undefined ? null : String(later)}
              onChange={(value) => go({ to: Number(value) })}
            />
          )}
        </Group>
      </Group>
      {!enabled ? (
        <Text size="sm" c="dimmed">
          {versions.length === 1
            ? 'There is one version yet. Choose another map to compare it with, such as the one it was cloned of.'
            : 'Choose a map to compare this one with.'}
        </Text>
      ) : diff.isPending ? (
        <Loading what="the comparison" />
      ) : diff.isError ? (
        <Failure fault={diff.error} retry={() => diff.refetch()} />
      ) : (
        <Diff diff={diff.data} />
      )}
    </section>
  );
}

function Diff({ diff }: { diff: Schemas['TransformMapDiff'] }) {
  const [text, showText] = useState(false);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        From {diff.from} to {diff.to}
      </Text>
      {diff.head.map((change) => (
        <Text size="sm" key={change.field} style={{ overflowWrap: 'anywhere' }}>
          <b>{change.field}</b>: {change.before || 'nothing'} → {change.after || 'nothing'}
        </Text>
      ))}
      <RowChanges
        changes={diff.rows.map((row) => ({
          change: row.change,
          target: row.target,
          before: row.before && ofApi(row.before),
          after: row.after && ofApi(row.after),
        }))}
      />
      {diff.text && (
        <div>
          <Button size="compact-sm" variant="subtle" aria-expanded={text} onClick={() => showText(!text)}>
            {text ? 'Hide the difference as text' : 'Show the difference as text'}
          </Button>
          {text && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
            <section aria-label="Difference as text" tabIndex={0} style={{ maxHeight: 480, overflow: 'auto' }}>
              <Code block>{diff.text}</Code>
            </section>
          )}
        </div>
      )}
    </Stack>
  );
}

function Restore({ draft, version, onClose }: { draft: Draft; version: Version; onClose: () => void }) {
  const [comment, setComment] = useState('');
  const queries = useQueryClient();
  const { base } = draft;
  const restore = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/maps/{mapName}/versions/{version}/restore', {
          params: { path: { mapName: base.name, version: version.version } },
          body: { baseVersion: base.version ?? 1, comment: comment.trim() || undefined },
        }),
      ),
    onSuccess: async (saved) => {
      draft.rebase(saved);
      queries.setQueryData(transformMap(base.name).queryKey, saved);
      await queries.invalidateQueries({ queryKey: ['maps'], exact: true });
      await queries.invalidateQueries({ queryKey: ['maps', base.name, 'versions'] });
      notifications.show({
        color: 'teal',
        title: `Version ${version.version} is back`,
        message: `It was saved again, as version ${saved.version}.`,
      });
      onClose();
    },
  });
  const reload = async () => {
    draft.rebase(await queries.fetchQuery({ ...transformMap(base.name), staleTime: 0 }));
    await queries.invalidateQueries({ queryKey: ['maps', base.name, 'versions'] });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Restore version ${version.version}`} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          restore.mutate();
        }}
      >
        <Stack>
          <Text size="sm">Its text is saved again as the newest version. The versions since stay in the history.</Text>
          <Textarea
            label="Comment"
            autosize
            minRows={2}
            maxLength={2000}
            data-autofocus
            value={comment}
            onChange={(event) => setComment(event.currentTarget.value)}
          />
          {restore.isError && (
            <Failure fault={restore.error} {...(isConflict(restore.error) ? { retry: reload } : {})} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={restore.isPending}>
              Restore
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
