import { Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fact } from '../common/Fact';
import { ButtonLink, TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { ConnectionState } from '../connections/ConnectionState';
import { FINDING_TYPES } from '../connections/findingTypes';
import { type Connector, connections, connectors } from '../connections/queries';
import { LastRun } from '../runs/LastRun';
import { useMayChange } from '../signin/ManagersOnly';

export default function ConnectorsPage() {
  return (
    <Page title="Integration" about="What feeds the inventory: connectors, and their connections.">
      <Connections />
      <Marketplace />
    </Page>
  );
}

function Connections() {
  const mayChange = useMayChange();
  const list = useQuery(connections());
  return (
    <Stack gap="xs">
      <Title order={2}>Connections</Title>
      {list.isPending ? (
        <Loading what="connections" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : list.data.length === 0 ? (
        <section className="card">
          <Empty
            title="No connections yet"
            action={
              mayChange && (
                <ButtonLink to="/connectors/$connectorId/new" params={{ connectorId: 'cortex-xdr' }} size="sm" mt="xs">
                  Connect Cortex XDR
                </ButtonLink>
              )
            }
          >
            Have the base URL, an API key and its ID at hand; the wizard tests them before anything is saved.
          </Empty>
        </section>
      ) : (
        <Table.ScrollContainer minWidth={900} className="card">
          <Table verticalSpacing="sm" aria-label="Connections">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>State</Table.Th>
                <Table.Th>Connector</Table.Th>
                <Table.Th>Finding types</Table.Th>
                <Table.Th>Last run</Table.Th>
                <Table.Th>Profiles</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {list.data.map((one) => (
                <Table.Tr key={one.id}>
                  <Table.Td>
                    <TextLink to="/connections/$connectionId" params={{ connectionId: String(one.id) }} fw={500}>
                      {one.name}
                    </TextLink>
                    {one.description && (
                      <Text size="xs" c="dimmed" lineClamp={1} maw={320}>
                        {one.description}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <ConnectionState state={one.state} />
                  </Table.Td>
                  <Table.Td>{one.product}</Table.Td>
                  <Table.Td>{one.findingTypes.map((type) => FINDING_TYPES[type]).join(', ')}</Table.Td>
                  <Table.Td>
                    <LastRun runId={one.lastRunId} />
                  </Table.Td>
                  <Table.Td>{one.profiles.map((profile) => profile.name).join(', ') || '–'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  );
}

function Marketplace() {
  const list = useQuery(connectors());
  return (
    <Stack gap="xs">
      <Title order={2}>Marketplace</Title>
      {list.isPending ? (
        <Loading what="connectors" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }}>
          {list.data.map((connector) => (
            <Card key={connector.id} connector={connector} />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}

function Card({ connector }: { connector: Connector }) {
  const mayChange = useMayChange();
  return (
    <section className="card" style={{ padding: 20 }} aria-label={connector.product}>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="md">
        <div>
          <Text fw={650} size="lg">
            {connector.product}
          </Text>
          <Text size="sm" c="dimmed">
            {connector.vendor}
          </Text>
        </div>
        {mayChange && (
          <ButtonLink
            to="/connectors/$connectorId/new"
            params={{ connectorId: connector.id }}
            leftSection={<IconPlus size={16} />}
            aria-label={`Manage ${connector.product}`}
          >
            Manage
          </ButtonLink>
        )}
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm">
        <Fact name="Category">{connector.category}</Fact>
        <Fact name="Asset types">{connector.assetTypes.join(', ')}</Fact>
        <Fact name="Finding types">{connector.findingTypes.map((type) => FINDING_TYPES[type]).join(', ')}</Fact>
        <Fact name="Supported version and type">{connector.version}</Fact>
        <Fact name="Integration method">{connector.integrationMethod}</Fact>
        <Fact name="Direction">{connector.direction}</Fact>
        <Fact name="Incremental sync">{connector.incrementalSync}</Fact>
        <Fact name="Transform maps">
          {connector.transformMaps.map((name) => (
            <TextLink key={name} to="/transform-maps/$name" params={{ name }}>
              {name}
            </TextLink>
          ))}
        </Fact>
      </SimpleGrid>
    </section>
  );
}
