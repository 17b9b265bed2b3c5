import { Alert, Badge, Button, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { api, ask, type Schemas } from '../api/client';
import { Card } from '../common/Card';
import { complain } from '../common/complain';
import { Fact } from '../common/Fact';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { connection } from '../connections/queries';
import { ManagersOnly } from '../signin/ManagersOnly';
import { HeldClosures } from './HeldClosures';
import { Quarantine } from './Quarantine';
import { type Run, run, runLog } from './queries';
import { RunProgress, RunState } from './RunState';
import { TRIGGERS, took } from './RunsTable';

const route = getRouteApi('/inside/runs/$runId');

export default function RunPage() {
  const runId = Number(route.useParams().runId);
  const one = useQuery(run(runId));
  if (one.isPending) {
    return <Loading what="the run" />;
  }
  if (one.isError) {
    return (
      <Page title={`Run ${runId}`}>
        <Failure fault={one.error} retry={() => one.refetch()} />
      </Page>
    );
  }
  return <Content run={one.data} />;
}

function Content({ run: one }: { run: Run }) {
  const of = useQuery(connection(one.connectionId));
  const queries = useQueryClient();
  const cancel = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/runs/{runId}/cancel', { params: { path: { runId: one.id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['runs'] }),
    onError: complain,
  });
  return (
    <Page
      title={`Run ${one.id}`}
      about={
        <Group gap="xs" mt={4}>
          <RunState run={one} />
          <TextLink
            to="/connections/$connectionId"
            params={{ connectionId: String(one.connectionId) }}
            search={{ tab: 'runs' }}
          >
            {of.data?.name ?? `Connection ${one.connectionId}`}
          </TextLink>
        </Group>
      }
      actions={
        !one.ended && (
          <ManagersOnly>
            <Button variant="default" color="red" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel the run
            </Button>
          </ManagersOnly>
        )
      }
    >
      {one.failure && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle />} title="It failed">
          {one.failure.message}
        </Alert>
      )}
      {one.state === 'PROCESSED_INCOMPLETE' && (
        <Alert
          color="yellow"
          variant="light"
          icon={<IconAlertTriangle />}
          title={one.held ? 'It would close much at once' : 'It did not see everything, so it closed nothing'}
        >
          {one.missing.map((sentence) => (
            <div key={sentence}>{sentence}</div>
          ))}
        </Alert>
      )}
      <Answers warnings={one.warnings ?? []} />
      {one.held && <HeldClosures run={one} held={one.held} />}
      {!one.ended && <RunProgress run={one} />}
      <SimpleGrid cols={{ base: 1, md: 2, xl: 4 }}>
        <Card title="The run">
          <SimpleGrid cols={2} spacing="sm">
            <Fact name="Started by">{TRIGGERS[one.trigger]}</Fact>
            {one.retryOf && (
              <Fact name="Tries again">
                <TextLink to="/runs/$runId" params={{ runId: String(one.retryOf) }}>
                  the quarantine of run {one.retryOf}
                </TextLink>
              </Fact>
            )}
            <Fact name="Transform map">{one.transformMap}</Fact>
            <Fact name="Queued">
              <Time at={one.queuedAt} />
            </Fact>
            <Fact name="Began">
              <Time at={one.observedAt} />
            </Fact>
            <Fact name="Finished">
              <Time at={one.finishedAt} />
            </Fact>
            <Fact name="Took">{took(one) ?? '–'}</Fact>
            <Fact name="Saw everything">{one.sealed ? 'Yes, provably' : one.ended ? 'No' : 'Not yet'}</Fact>
          </SimpleGrid>
        </Card>
        <Counts
          title="Assets"
          counts={one.counts}
          rows={[
            ['assetsNew', 'New'],
            ['assetsUpdated', 'Updated'],
            ['assetsUnchanged', 'Unchanged'],
            ['assetsRetired', 'Retired'],
            ['assetsReturned', 'Returned'],
          ]}
        />
        <Counts
          title="Findings"
          counts={one.counts}
          rows={[
            ['findingsNew', 'New'],
            ['findingsReopened', 'Reopened'],
            ['findingsFixed', 'Fixed'],
            ['findingsUnchanged', 'Unchanged'],
            ['quarantined', 'Quarantined'],
          ]}
        />
        <Counts
          title="From Cortex XDR"
          counts={one.counts}
          rows={[
            ['apiCalls', 'API calls'],
            ['throttled', 'Told to wait (429)'],
            ['pagesFetched', 'Pages'],
            ['recordsRead', 'Records'],
          ]}
        />
      </SimpleGrid>
      {one.counts.quarantined > 0 && <Quarantine runId={one.id} />}
      <Log run={one} />
    </Page>
  );
}

/** What of the vendor's answers is not as it was. */
function Answers({ warnings }: { warnings: Schemas['RunWarning'][] }) {
  const changed = warnings.filter((warning) => warning.level === 'WARNING');
  const fresh = warnings.filter((warning) => warning.level === 'INFO');
  return (
    <>
      {changed.length > 0 && (
        <Alert
          color="yellow"
          variant="light"
          icon={<IconAlertTriangle />}
          title="The answers are not as they were: look before you rely on the reports"
        >
          <Sentences of={changed} />
        </Alert>
      )}
      {fresh.length > 0 && (
        <Alert color="blue" variant="light" icon={<IconInfoCircle />} title="The answers have something new">
          <Sentences of={fresh} />
        </Alert>
      )}
    </>
  );
}

function Sentences({ of }: { of: Schemas['RunWarning'][] }) {
  return of.map(({ message }) => (
    <div key={message} style={{ overflowWrap: 'anywhere' }}>
      {message}
    </div>
  ));
}

function Counts({
  title,
  counts,
  rows,
}: {
  title: string;
  counts: Schemas['RunCounts'];
  rows: [keyof Schemas['RunCounts'], string][];
}) {
  return (
    <Card title={title}>
      <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} aria-label={title}>
        <Table.Tbody>
          {rows.map(([key, words]) => (
            <Table.Tr key={key}>
              <Table.Th fw={400} c="dimmed" scope="row">
                {words}
              </Table.Th>
              <Table.Td ta="right" className="number" fw={counts[key] ? 600 : 400}>
                {(counts[key] ?? 0).toLocaleString()}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

const LEVELS: Record<Schemas['LogLine']['level'], string> = { INFO: 'gray', WARNING: 'yellow', ERROR: 'red' };

/** The run's own log, followed while the run is under way. */
function Log({ run: one }: { run: Run }) {
  const { data: lines = [], error } = useQuery({ ...runLog(one.id, one.ended), placeholderData: keepPreviousData });
  return (
    <Stack gap="xs">
      <Title order={2}>Log</Title>
      {error && <Failure fault={error} />}
      <section className="card" style={{ padding: 12 }} aria-label="Log">
        {lines.length === 0 && (
          <Text size="sm" c="dimmed">
            Nothing yet.
          </Text>
        )}
        {lines.map((line) => (
          <Group key={line.line} gap="sm" wrap="nowrap" align="baseline">
            <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
              <Time at={line.at} />
            </Text>
            <Badge
              size="xs"
              flex="none"
              variant="light"
              color={LEVELS[line.level]}
              styles={{ label: { color: 'var(--mantine-color-text)' } }}
            >
              {line.level}
            </Badge>
            <Text size="sm">{line.message}</Text>
          </Group>
        ))}
      </section>
    </Stack>
  );
}
