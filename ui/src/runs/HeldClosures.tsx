import { Button, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';
import { Card } from '../common/Card';
import { complain } from '../common/complain';
import { TextLink } from '../common/links';
import { Severity } from '../common/Severity';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { useMayChange } from '../signin/ManagersOnly';
import { heldClosures, type Run } from './queries';

const SHOWN = 50;

/** What a run would have closed: what it is, and the choice to close it or not. */
export function HeldClosures({ run, held }: { run: Run; held: Schemas['Held'] }) {
  const mayChange = useMayChange();
  const queries = useQueryClient();
  const path = { params: { path: { runId: run.id } } };
  const decide = useMutation({
    mutationFn: (confirm: boolean) =>
      ask(
        confirm
          ? api.POST('/api/v1/runs/{runId}/held-closures/confirm', path)
          : api.POST('/api/v1/runs/{runId}/held-closures/reject', path),
      ),
    onSettled: () => queries.invalidateQueries(),
    onError: complain,
  });
  return (
    <Stack gap="xs">
      <Card title="Held closures">
        <Group justify="space-between" align="center">
          <div>
            <Text>
              {held.findings.toLocaleString()} of {held.ofFindings.toLocaleString()} open findings would be fixed,{' '}
              {held.hosts.toLocaleString()} of {held.ofHosts.toLocaleString()} hosts retired.
            </Text>
            <Text size="sm" c="dimmed">
              {held.state === 'HELD' &&
                'If the tenant really has them no more, confirm. If something is wrong there, reject, and the next run looks again.'}
              {held.state === 'SUPERSEDED' && 'A later run of the connection looked again.'}
              {held.decidedBy && (
                <>
                  {held.state === 'CONFIRMED' ? 'Confirmed' : 'Rejected'} by {held.decidedBy},{' '}
                  <Time at={held.decidedAt} />
                </>
              )}
            </Text>
          </div>
          {held.state === 'HELD' && mayChange && (
            <Group gap="xs">
              <Button variant="default" loading={decide.isPending} onClick={() => decide.mutate(false)}>
                Reject
              </Button>
              <Button color="red.9" loading={decide.isPending} onClick={() => decide.mutate(true)}>
                Confirm and close
              </Button>
            </Group>
          )}
        </Group>
      </Card>
      {held.state === 'HELD' && <What runId={run.id} />}
    </Stack>
  );
}

function What({ runId }: { runId: number }) {
  const list = useQuery(heldClosures(runId, SHOWN));
  if (list.isPending) {
    return <Loading what="what was held" />;
  }
  if (list.isError) {
    return <Failure fault={list.error} retry={() => list.refetch()} />;
  }
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Card title={`By host, the first ${SHOWN}`}>
        <Table aria-label="Held closures by host">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Host</Table.Th>
              <Table.Th>What</Table.Th>
              <Table.Th ta="right">Findings</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.byHost.map((host) => (
              <Table.Tr key={host.nativeKey}>
                <Table.Td>
                  <TextLink to="/assets/$assetId" params={{ assetId: String(host.assetId) }}>
                    {host.name ?? host.nativeKey}
                  </TextLink>
                </Table.Td>
                <Table.Td>{host.retired ? 'The host is gone' : 'Findings are gone'}</Table.Td>
                <Table.Td ta="right" className="number">
                  {host.findings.toLocaleString()}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
      <Card title={`By vulnerability, the first ${SHOWN}`}>
        {list.data.byVulnerability.length === 0 && (
          <Text size="sm" c="dimmed">
            No open finding is among it.
          </Text>
        )}
        <Table aria-label="Held closures by vulnerability">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Vulnerability</Table.Th>
              <Table.Th>Severity</Table.Th>
              <Table.Th ta="right">Hosts</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.byVulnerability.map((one) => (
              <Table.Tr key={one.externalFindingId}>
                <Table.Td>{one.cve ?? one.externalFindingId}</Table.Td>
                <Table.Td>
                  <Severity level={one.severity} />
                </Table.Td>
                <Table.Td ta="right" className="number">
                  {one.hosts.toLocaleString()}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
    </SimpleGrid>
  );
}
