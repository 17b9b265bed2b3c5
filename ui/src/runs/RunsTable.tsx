import { Button, Table, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { TextLink } from '../common/links';
import { Empty, Failure, Loading } from '../common/states';
import { duration, Time } from '../common/Time';
import { type Run, runPages } from './queries';
import { RunState } from './RunState';

/** The runs of a connection, the newest first, kept up to date while one is under way. */
export function RunsTable({ connectionId }: { connectionId: number }) {
  const pages = useInfiniteQuery(runPages(connectionId));
  if (pages.isPending) {
    return <Loading what="runs" />;
  }
  if (pages.isError) {
    return <Failure fault={pages.error} retry={() => pages.refetch()} />;
  }
  const runs = pages.data.pages.flatMap((page) => page.items);
  if (runs.length === 0) {
    return <Empty title="No runs yet">Start one with "Run now", or wait for a profile's schedule.</Empty>;
  }
  return (
    <>
      <Table.ScrollContainer minWidth={980} className="card">
        <Table verticalSpacing="xs" aria-label="Runs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Run</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Started by</Table.Th>
              <Table.Th>Queued</Table.Th>
              <Table.Th>Took</Table.Th>
              <Table.Th ta="right">Assets new</Table.Th>
              <Table.Th ta="right">updated</Table.Th>
              <Table.Th ta="right">Findings new</Table.Th>
              <Table.Th ta="right">fixed</Table.Th>
              <Table.Th ta="right">reopened</Table.Th>
              <Table.Th ta="right">Quarantined</Table.Th>
              <Table.Th ta="right">API calls</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {runs.map((run) => (
              <Table.Tr key={run.id}>
                <Table.Td>
                  <TextLink
                    to="/runs/$runId"
                    params={{ runId: String(run.id) }}
                    fw={500}
                    style={{ whiteSpace: 'nowrap' }}
                  >
                    Run {run.id}
                  </TextLink>
                </Table.Td>
                <Table.Td>
                  <RunState run={run} />
                </Table.Td>
                <Table.Td>{TRIGGERS[run.trigger]}</Table.Td>
                <Table.Td>
                  <Time at={run.queuedAt} />
                </Table.Td>
                <Table.Td>{took(run) ?? <Text c="dimmed">–</Text>}</Table.Td>
                <Count of={run.counts.assetsNew} />
                <Count of={run.counts.assetsUpdated} />
                <Count of={run.counts.findingsNew} />
                <Count of={run.counts.findingsFixed} />
                <Count of={run.counts.findingsReopened} />
                <Count of={run.counts.quarantined} />
                <Count of={run.counts.apiCalls} />
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages.hasNextPage && (
        <Button
          mt="sm"
          variant="default"
          size="xs"
          loading={pages.isFetchingNextPage}
          onClick={() => pages.fetchNextPage()}
        >
          Older runs
        </Button>
      )}
    </>
  );
}

export const TRIGGERS: Record<Run['trigger'], string> = { MANUAL: 'By hand', SCHEDULE: 'Schedule' };

/** How long a run took, or has taken so far; absent before it began. */
export function took(run: Run): string | undefined {
  if (!run.observedAt) {
    return undefined;
  }
  const end = run.finishedAt ? Date.parse(run.finishedAt) : Date.now();
  return duration(Math.max(0, end - Date.parse(run.observedAt)) / 1000);
}

function Count({ of }: { of: number }) {
  return (
    <Table.Td ta="right" className="number">
      {of === 0 ? (
        <Text span c="dimmed" size="sm">
          0
        </Text>
      ) : (
        of.toLocaleString()
      )}
    </Table.Td>
  );
}
