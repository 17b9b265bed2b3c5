import { Alert, Anchor, Badge, Group, Progress, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';
import { Card } from '../common/Card';
import { Fact } from '../common/Fact';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { size } from './size';

const KINDS: Record<Schemas['DatabaseSize']['kind'], string> = {
  FINDINGS: 'Findings',
  ASSETS: 'Assets and their records',
  RUNS: 'Runs and their logs',
  CONFIGURATION: 'Configuration and audit log',
};

/** Less free disk than this share is worth a warning. */
const SCARCE = 0.1;

/** Versions, sizes and servers, and where to look further. */
export function SystemPanel() {
  const system = useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/system', { signal })),
    refetchInterval: 30_000,
  });
  if (system.isPending) {
    return <Loading what="the system's state" />;
  }
  if (system.isError) {
    return <Failure fault={system.error} retry={() => system.refetch()} />;
  }
  const { version, javaVersion, startedAt, database, snapshotBytes, freeDiskBytes, totalDiskBytes, servers } =
    system.data;
  const used = totalDiskBytes === 0 ? 0 : 1 - freeDiskBytes / totalDiskBytes;
  return (
    <Stack maw={960}>
      {used > 1 - SCARCE && (
        <Alert color="red" title="The disk is nearly full">
          {size(freeDiskBytes)} of {size(totalDiskBytes)} are free. Runs stop when it is full: delete what is not
          needed, or give the data directory a larger disk.
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title="Versions">
          <SimpleGrid cols={2} spacing="sm">
            <Fact name="ETM Connect">{version}</Fact>
            <Fact name="Java">{javaVersion}</Fact>
            <Fact name="PostgreSQL">
              {database.version}
              {database.embedded ? ', built in' : ', your own'}
            </Fact>
            <Fact name="Database schema">{database.schemaVersion ?? '–'}</Fact>
            <Fact name="Up since">
              <Time at={startedAt} />
            </Fact>
          </SimpleGrid>
        </Card>
        <Card title="Disk">
          <Stack gap="sm">
            <Progress.Root size={10} aria-label="Disk in use">
              <Progress.Section
                value={used * 100}
                color={used > 1 - SCARCE ? 'red' : 'indigo'}
                aria-label={`${Math.round(used * 100)} % in use`}
              />
            </Progress.Root>
            <Text size="sm" className="number">
              {size(freeDiskBytes)} of {size(totalDiskBytes)} free on the disk of the data directory
            </Text>
            <Sizes
              rows={[
                ...database.sizes.map(({ kind, bytes }) => ({ name: KINDS[kind], bytes })),
                { name: 'Snapshots (what vendors answered)', bytes: snapshotBytes },
              ]}
            />
          </Stack>
        </Card>
      </SimpleGrid>
      <Card title={servers.length === 1 ? 'Server' : 'Servers on this database'}>
        <Table aria-label="Servers">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Machine</Table.Th>
              <Table.Th>Oldest connection since</Table.Th>
              <Table.Th ta="right">Connections</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {servers.map((server) => (
              <Table.Tr key={server.name}>
                <Table.Td>
                  <Group gap="xs">
                    {server.name}
                    {server.answering && (
                      <Badge size="xs" variant="default" tt="none">
                        this one
                      </Badge>
                    )}
                  </Group>
                </Table.Td>
                <Table.Td>
                  <Time at={server.connectedSince} />
                </Table.Td>
                <Table.Td ta="right" className="number">
                  {server.connections}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Card>
      <Card title="For programs">
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <Fact name="Metrics for Prometheus">
            <Anchor href="/metrics" size="sm">
              /metrics
            </Anchor>
          </Fact>
          <Fact name="Description of the API">
            <Anchor href="/openapi.yaml" size="sm">
              /openapi.yaml
            </Anchor>
          </Fact>
          <Fact name="The API, to browse and try">
            <Anchor href="/api-docs" size="sm">
              /api-docs
            </Anchor>
          </Fact>
        </SimpleGrid>
      </Card>
    </Stack>
  );
}

function Sizes({ rows }: { rows: { name: string; bytes: number }[] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={3} aria-label="What takes how much">
      <Table.Tbody>
        {rows.map(({ name, bytes }) => (
          <Table.Tr key={name}>
            <Table.Th fw={400} scope="row">
              {name}
            </Table.Th>
            <Table.Td ta="right" className="number">
              {size(bytes)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
