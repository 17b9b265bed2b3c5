import { Alert, Button, Group, Progress, Select, Stack, Text, Title } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { TextLink } from '../common/links';
import { Empty, Failure, Loading } from '../common/states';
import { FromNow, Time } from '../common/Time';
import { ManagersOnly } from '../signin/ManagersOnly';
import { READABLE } from './alerts';
import { DryRunReport } from './DryRunReport';
import type { Draft } from './draft';
import { useGo } from './go';
import type { Chosen } from './preview';
import { type DryRun, dryRun, dryRuns } from './queries';

const route = getRouteApi('/inside/transform-maps/$name');

type Props = { draft: Draft; usable: boolean; chosen: Chosen; onOpenRow: (row: number) => void };

/** Tries the map on a connection's whole last snapshot and reports what would come of it; nothing is written. */
export function DryRunTab({ draft, usable, chosen, onOpenRow }: Props) {
  const { dryRun: wanted } = route.useSearch();
  const list = useQuery(dryRuns(draft.base.name));
  const id = wanted ?? list.data?.[0]?.id;
  return (
    <Stack>
      <Start draft={draft} usable={usable} chosen={chosen} runs={list.data ?? []} shown={id} />
      {id !== undefined ? (
        <One key={id} id={id} onOpenRow={onOpenRow} />
      ) : list.isPending ? (
        <Loading what="dry runs" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : (
        <section className="card">
          <Empty title="No dry run yet">
            A dry run shows how often each field would be filled, which values would fail, and what would change in the
            inventory. It writes nothing and does not ask the vendor.
          </Empty>
        </section>
      )}
    </Stack>
  );
}

const STATES: Record<DryRun['state'], string> = {
  QUEUED: 'waiting',
  RUNNING: 'under way',
  DONE: 'done',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
};

function Start({
  draft,
  usable,
  chosen,
  runs,
  shown,
}: Omit<Props, 'onOpenRow'> & { runs: DryRun[]; shown: number | undefined }) {
  const { base, dirty, text } = draft;
  const go = useGo(base.name);
  const queries = useQueryClient();
  const { connectionId } = chosen;
  const start = useMutation({
    mutationFn: (connection: number) =>
      ask(
        api.POST('/api/v1/dry-runs', {
          body: {
            connectionId: connection,
            ...(dirty ? { yaml: text } : { map: base.name, version: base.version }),
          },
        }),
      ),
    onSuccess: async (begun) => {
      await queries.invalidateQueries({ queryKey: ['dry-runs', 'of', base.name] });
      await go({ dryRun: begun.id });
    },
  });
  return (
    <>
      <Group align="flex-end" justify="space-between">
        <Group align="flex-end" gap="xs">
          <Select
            size="sm"
            w={260}
            label="On the last snapshot of"
            placeholder="No connection"
            allowDeselect={false}
            data={chosen.connections.map((one) => ({ value: String(one.id), label: one.name }))}
            value={connectionId === undefined ? null : String(connectionId)}
            onChange={(value) => value !== null && chosen.chooseConnection(Number(value))}
          />
          <ManagersOnly>
            <Button
              leftSection={<IconPlayerPlay size={16} />}
              disabled={connectionId === undefined || !usable}
              loading={start.isPending}
              onClick={() => connectionId !== undefined && start.mutate(connectionId)}
            >
              Start a dry run
            </Button>
          </ManagersOnly>
          <Text size="sm" c="dimmed" pb={8}>
            {!usable
              ? 'The map has errors; mend them first.'
              : dirty
                ? 'of the map as it stands here, with your unsaved changes'
                : base.version === undefined
                  ? 'of this map'
                  : `of version ${base.version}`}
          </Text>
        </Group>
        {runs.length > 0 && (
          <Select
            size="sm"
            w={280}
            label="Shown"
            allowDeselect={false}
            data={runs.map((one) => ({
              value: String(one.id),
              label: `Dry run ${one.id}, ${STATES[one.state]}${one.version ? `, version ${one.version}` : ''}`,
            }))}
            value={shown === undefined ? null : String(shown)}
            onChange={(value) => go({ dryRun: Number(value) })}
          />
        )}
      </Group>
      {start.isError && <Failure fault={start.error} />}
    </>
  );
}

function One({ id, onOpenRow }: { id: number; onOpenRow: (row: number) => void }) {
  const one = useQuery(dryRun(id));
  const queries = useQueryClient();
  const [stopping, stop] = useState(false);
  const cancel = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/dry-runs/{dryRunId}/cancel', { params: { path: { dryRunId: id } } })),
    onMutate: () => stop(true),
    onSettled: () => queries.invalidateQueries({ queryKey: ['dry-runs'] }),
  });
  if (one.isPending) {
    return <Loading what="the dry run" />;
  }
  if (one.isError) {
    return <Failure fault={one.error} retry={() => one.refetch()} />;
  }
  const { state, progress, failure, result, startedBy, queuedAt, finishedAt, version } = one.data;
  return (
    <Stack>
      <div>
        <Title order={2}>
          Dry run {id} of{' '}
          {version === undefined ? 'a text that is not saved, or of a default map' : `version ${version}`}
        </Title>
        <Text size="sm" c="dimmed" component="div">
          Started by {startedBy} <FromNow at={queuedAt} />
          {finishedAt && (
            <>
              , ended <Time at={finishedAt} />
            </>
          )}
          {result && (
            <>
              , on what{' '}
              <TextLink to="/runs/$runId" params={{ runId: String(result.runId) }} underline="always">
                run {result.runId}
              </TextLink>{' '}
              fetched until <Time at={result.snapshotAt} />
            </>
          )}
        </Text>
      </div>
      {!one.data.ended && (
        <section className="card" style={{ padding: 16 }} aria-label="Progress">
          <Group justify="space-between" mb={6} role="status">
            <Text size="sm">{progress?.stage ?? 'Waiting for another dry run to end'}</Text>
            <Group gap="md">
              {progress && (
                <Text size="sm" c="dimmed" className="number">
                  {progress.done.toLocaleString()}
                  {progress.total !== undefined && ` of ${progress.total.toLocaleString()}`} {progress.unit}
                </Text>
              )}
              <ManagersOnly>
                <Button size="compact-sm" variant="default" loading={stopping} onClick={() => cancel.mutate()}>
                  Cancel
                </Button>
              </ManagersOnly>
            </Group>
          </Group>
          <Progress
            animated
            aria-label={progress?.stage ?? 'Waiting'}
            value={progress?.total ? Math.min(100, (100 * progress.done) / progress.total) : 100}
          />
        </section>
      )}
      {cancel.isError && <Failure fault={cancel.error} />}
      {state === 'FAILED' && (
        <Alert styles={READABLE} color="red" variant="light" title="It failed">
          {failure?.message ?? "The server's log says why."}
        </Alert>
      )}
      {state === 'CANCELLED' && (
        <Alert styles={READABLE} color="gray" variant="light" title="It was cancelled">
          Nothing was written. Start another one whenever you like.
        </Alert>
      )}
      {result && <DryRunReport result={result} onOpenRow={onOpenRow} />}
    </Stack>
  );
}
