import { Table, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { ButtonLink, TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { DeliveryState } from './DeliveryState';
import { type Destination, destinations } from './queries';

export default function DestinationsPage() {
  const list = useQuery(destinations());
  const add = (
    <ButtonLink to="/delivery/new" leftSection={<IconPlus size={16} />}>
      New destination
    </ButtonLink>
  );
  return (
    <Page
      title="Delivery"
      about="Where the inventory is delivered: a Qualys subscription, files, or whoever wants to know what changes."
      actions={add}
    >
      {list.isPending ? (
        <Loading what="the destinations" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty title="No destinations" action={add}>
          The inventory stays here until you say where it should go.
        </Empty>
      ) : (
        <Destinations items={list.data} />
      )}
    </Page>
  );
}

function when(destination: Destination): string {
  if (!destination.active) {
    return 'Inactive: by hand only';
  }
  if (destination.events) {
    return 'as it changes';
  }
  const own = destination.schedule.kind === 'NONE' ? undefined : destination.scheduleText;
  return [destination.afterRuns ? 'after each run' : undefined, own].filter(Boolean).join(', ') || 'by hand only';
}

function Destinations({ items }: { items: Destination[] }) {
  return (
    <Table.ScrollContainer minWidth={820} className="card">
      <Table verticalSpacing="sm" aria-label="Destinations">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Kind</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th>Last delivery</Table.Th>
            <Table.Th ta="right">Accepted</Table.Th>
            <Table.Th ta="right">Rejected</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <TextLink to="/delivery/$destinationId" params={{ destinationId: String(one.id) }} fw={500}>
                  {one.name}
                </TextLink>
                <Text size="xs" c="dimmed">
                  {one.description}
                </Text>
              </Table.Td>
              <Table.Td>{one.kindTitle}</Table.Td>
              <Table.Td>{when(one)}</Table.Td>
              <Table.Td>
                {one.lastDelivery ? (
                  <>
                    <DeliveryState state={one.lastDelivery.state} />{' '}
                    <Time at={one.lastDelivery.finishedAt ?? one.lastDelivery.queuedAt} />
                  </>
                ) : (
                  'Never'
                )}
              </Table.Td>
              <Table.Td ta="right">{one.lastDelivery?.counts.accepted.toLocaleString() ?? ''}</Table.Td>
              <Table.Td ta="right">{one.lastDelivery?.counts.rejected.toLocaleString() ?? ''}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
