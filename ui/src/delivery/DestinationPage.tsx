import { Alert, Anchor, Button, Group, Menu, Modal, SimpleGrid, Stack, Table, Tabs, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconChevronDown, IconSend } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { Card } from '../common/Card';
import { complain } from '../common/complain';
import { Fact } from '../common/Fact';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { TestReport } from '../connections/ConnectionForm';
import { DeliveryState, triggerWords } from './DeliveryState';
import { DestinationForm, ofDestination, trimmed, useDestinationTest } from './DestinationForm';
import {
  type Delivery,
  type Destination,
  deliveries,
  destination,
  destinationKinds,
  isUnderWay,
  rejections,
} from './queries';

const route = getRouteApi('/inside/delivery/$destinationId');

export default function DestinationPage() {
  const destinationId = Number(route.useParams().destinationId);
  const one = useQuery(destination(destinationId));
  if (one.isPending) {
    return <Loading what="the destination" />;
  }
  if (one.isError) {
    return (
      <Page title={`Destination ${destinationId}`}>
        <Failure fault={one.error} retry={() => one.refetch()} />
      </Page>
    );
  }
  return <Content destination={one.data} />;
}

function Content({ destination: one }: { destination: Destination }) {
  const { tab = 'deliveries' } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Page
      title={one.name}
      about={`${one.kindTitle}${one.description && ` · ${one.description}`}`}
      actions={<DeliverNow destination={one} />}
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(wanted) =>
          navigate({
            to: '/delivery/$destinationId',
            params: { destinationId: String(one.id) },
            search: { tab: wanted === 'deliveries' || wanted === null ? undefined : wanted },
            replace: true,
          })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="deliveries">Deliveries</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="deliveries">
          <Deliveries destination={one} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings destination={one} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function useDeliver(destinationId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (everything: boolean) =>
      ask(
        api.POST('/api/v1/destinations/{destinationId}/deliveries', {
          params: { path: { destinationId } },
          body: { everything },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['destinations'] }),
    onError: complain,
  });
}

function DeliverNow({ destination: one }: { destination: Destination }) {
  const deliver = useDeliver(one.id);
  const busy = deliver.isPending || isUnderWay(one.lastDelivery);
  return (
    <Group gap={4}>
      <Button leftSection={<IconSend size={16} />} loading={busy} onClick={() => deliver.mutate(false)}>
        Deliver now
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button px="xs" disabled={busy} aria-label="More ways to deliver">
            <IconChevronDown size={16} />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => deliver.mutate(true)}>
            {one.events ? 'Tell everything that is there' : 'Send everything again'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}

function Deliveries({ destination: one }: { destination: Destination }) {
  const list = useQuery(deliveries(one.id));
  const [chosen, choose] = useState<number>();
  if (list.isPending) {
    return <Loading what="the deliveries" />;
  }
  if (list.isError) {
    return <Failure fault={list.error} retry={() => list.refetch()} />;
  }
  const shown = list.data.find((delivery) => delivery.id === chosen) ?? list.data[0];
  if (!shown) {
    return (
      <Stack>
        {one.events && <Waiting destination={one} events={one.events} />}
        <Empty title="Nothing was delivered yet">
          {one.events ? 'The next change will be.' : 'Deliver now, or wait for the next run or the schedule.'}
        </Empty>
      </Stack>
    );
  }
  return (
    <Stack>
      {one.events && <Waiting destination={one} events={one.events} />}
      <Result destination={one} delivery={shown} newest={shown === list.data[0]} />
      <Table.ScrollContainer minWidth={760} className="card">
        <Table verticalSpacing="xs" aria-label="Deliveries">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Delivery</Table.Th>
              <Table.Th>State</Table.Th>
              <Table.Th>Why</Table.Th>
              <Table.Th>Asked for</Table.Th>
              <Table.Th ta="right">Sent</Table.Th>
              <Table.Th ta="right">Accepted</Table.Th>
              <Table.Th ta="right">Rejected</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data.map((delivery) => (
              <Table.Tr key={delivery.id}>
                <Table.Td>
                  <Anchor component="button" type="button" fz="sm" onClick={() => choose(delivery.id)}>
                    Delivery {delivery.id}
                  </Anchor>
                </Table.Td>
                <Table.Td>
                  <DeliveryState state={delivery.state} />
                </Table.Td>
                <Table.Td>{triggerWords(delivery)}</Table.Td>
                <Table.Td>
                  <Time at={delivery.queuedAt} />
                </Table.Td>
                <Table.Td ta="right">{delivery.counts.sent.toLocaleString()}</Table.Td>
                <Table.Td ta="right">{delivery.counts.accepted.toLocaleString()}</Table.Td>
                <Table.Td ta="right">{delivery.counts.rejected.toLocaleString()}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Result({
  destination: one,
  delivery,
  newest,
}: {
  destination: Destination;
  delivery: Delivery;
  newest: boolean;
}) {
  const { counts } = delivery;
  const ofEvents: [string, number][] = [
    ['Events sent', counts.sent],
    ['Delivered', counts.accepted],
    ['Refused', counts.rejected],
    ['Findings opened', counts.findings],
    ['Findings fixed', counts.fixed],
  ];
  const ofInventory: [string, number][] = [
    ['Assets in the inventory', counts.assets],
    ['Unchanged, not sent', counts.unchanged],
    ['Sent', counts.sent],
    ['Accepted', counts.accepted],
    ['Rejected', counts.rejected],
    ['Retired', counts.removed],
    ['Open findings sent', counts.findings],
    ['Fixed findings sent', counts.fixed],
  ];
  return (
    <Card title={newest ? 'Last delivery' : `Delivery ${delivery.id}`}>
      <Stack>
        <Group gap="xs">
          <DeliveryState state={delivery.state} />
          <Text size="sm">{triggerWords(delivery)}</Text>
          <Text size="sm" c="dimmed">
            {delivery.finishedAt ? (
              <>
                ended <Time at={delivery.finishedAt} />
              </>
            ) : (
              <>
                asked for <Time at={delivery.queuedAt} />
              </>
            )}
          </Text>
        </Group>
        {delivery.failureMessage && (
          <Alert color="red" variant="light" title="The delivery failed" role="alert">
            {delivery.failureMessage}
          </Alert>
        )}
        <SimpleGrid cols={{ base: 2, sm: 4 }}>
          {(one.events ? ofEvents : ofInventory).map(([name, number]) => (
            <Fact key={name} name={name}>
              {number.toLocaleString()}
            </Fact>
          ))}
        </SimpleGrid>
        {delivery.verification && <ReadBack verification={delivery.verification} />}
        {counts.rejected > 0 && !(one.events && newest) && <Rejections destination={one} delivery={delivery} />}
      </Stack>
    </Card>
  );
}

/** What an event destination is still to be told, and what of it it will not take. */
function Waiting({ destination: one, events }: { destination: Destination; events: Schemas['PendingEvents'] }) {
  const deliver = useDeliver(one.id);
  const queries = useQueryClient();
  const discard = useMutation({
    mutationFn: () =>
      ask(
        api.DELETE('/api/v1/destinations/{destinationId}/refused-events', {
          params: { path: { destinationId: one.id } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['destinations'] }),
    onError: complain,
  });
  return (
    <Card title="Waiting">
      <Stack>
        <SimpleGrid cols={{ base: 2, sm: 4 }}>
          <Fact name="Events that wait">
            {events.pending.toLocaleString()}
            {events.more && '+'}
          </Fact>
          <Fact name="The oldest since">{events.oldestAt ? <Time at={events.oldestAt} /> : '–'}</Fact>
        </SimpleGrid>
        {!one.active && (
          <Text size="sm" c="dimmed">
            The destination is inactive: what changes meanwhile is not told later.
          </Text>
        )}
        {events.refused.length > 0 && (
          <Stack gap="xs">
            <Group justify="space-between">
              <Text size="sm">Refused events. What follows of their assets waits behind them.</Text>
              <Group gap="xs">
                <Button
                  size="xs"
                  variant="default"
                  loading={deliver.isPending || isUnderWay(one.lastDelivery)}
                  onClick={() => deliver.mutate(false)}
                >
                  Try again
                </Button>
                <Button
                  size="xs"
                  variant="subtle"
                  color="red"
                  loading={discard.isPending}
                  onClick={() => discard.mutate()}
                >
                  Discard
                </Button>
              </Group>
            </Group>
            <Table.ScrollContainer minWidth={520} mah={320}>
              <Table verticalSpacing={4} aria-label="Refused events">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Event</Table.Th>
                    <Table.Th>Asset</Table.Th>
                    <Table.Th>Reason</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {events.refused.map((refused) => (
                    <Table.Tr key={`${refused.event} ${refused.assetId}`}>
                      <Table.Td>{refused.event}</Table.Td>
                      <Table.Td>{refused.name ?? refused.assetId ?? '–'}</Table.Td>
                      <Table.Td>{refused.reason}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Stack>
        )}
      </Stack>
    </Card>
  );
}

function ReadBack({ verification }: { verification: NonNullable<Delivery['verification']> }) {
  const { query, expected, found, failure } = verification;
  const missing = found === undefined ? 0 : expected - found;
  return (
    <Alert
      color={failure || missing !== 0 ? 'yellow' : 'teal'}
      variant="light"
      title={
        found === undefined
          ? 'The findings could not be read back'
          : missing === 0
            ? `All ${expected.toLocaleString()} findings are there`
            : `${found.toLocaleString()} findings are there, ${expected.toLocaleString()} were expected`
      }
    >
      <Text size="sm">
        {failure ?? `Asked for ${query}`} <Time at={verification.at} />
      </Text>
      {missing !== 0 && (
        <Text size="sm">
          {`${Math.abs(missing).toLocaleString()} ${missing > 0 ? 'fewer' : 'more'}. `}
          Qualys may still be at work; the next delivery asks again.
        </Text>
      )}
    </Alert>
  );
}

function Rejections({ destination: one, delivery }: { destination: Destination; delivery: Delivery }) {
  const list = useQuery({ ...rejections(delivery.id), enabled: !isUnderWay(delivery) });
  const deliver = useDeliver(one.id);
  if (list.isError) {
    return <Failure fault={list.error} retry={() => list.refetch()} />;
  }
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          Rejected
        </Text>
        <Button
          size="xs"
          variant="default"
          loading={deliver.isPending || isUnderWay(one.lastDelivery)}
          onClick={() => deliver.mutate(false)}
        >
          Try again
        </Button>
      </Group>
      <Table.ScrollContainer minWidth={520} mah={320}>
        <Table verticalSpacing={4} aria-label="Rejected assets">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Asset</Table.Th>
              <Table.Th>Key</Table.Th>
              <Table.Th>Reason</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {list.data?.map((rejection) => (
              <Table.Tr key={rejection.key}>
                <Table.Td>{rejection.name ?? '–'}</Table.Td>
                <Table.Td>{rejection.key}</Table.Td>
                <Table.Td>{rejection.reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Settings({ destination: one }: { destination: Destination }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const kinds = useQuery(destinationKinds());
  const [input, setInput] = useState(() => ofDestination(one));
  const [asking, setAsking] = useState(false);
  const test = useDestinationTest(one);
  const save = useMutation({
    mutationFn: () =>
      ask(
        api.PUT('/api/v1/destinations/{destinationId}', {
          params: { path: { destinationId: one.id } },
          body: trimmed(input),
        }),
      ),
    onSuccess: (saved) => {
      setInput(ofDestination(saved));
      queries.invalidateQueries({ queryKey: ['destinations'] });
      notifications.show({ color: 'teal', title: 'Saved', message: saved.name });
    },
  });
  const remove = useMutation({
    mutationFn: () =>
      ask(api.DELETE('/api/v1/destinations/{destinationId}', { params: { path: { destinationId: one.id } } })),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: ['destinations'] });
      navigate({ to: '/delivery' });
    },
    onError: complain,
  });
  const kind = kinds.data?.find((candidate) => candidate.id === one.kind);
  if (!kind) {
    return kinds.isError ? <Failure fault={kinds.error} /> : <Loading what="the settings" />;
  }
  return (
    <Stack maw={860}>
      <section className="card" style={{ padding: 20 }} aria-label="Settings">
        <DestinationForm kind={kind} input={input} onChange={setInput} saved={one} fault={save.error} />
      </section>
      {save.isError && <Failure fault={save.error} />}
      <TestReport test={test.data} fault={test.error} what="destination" />
      <Group justify="space-between">
        <Group>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate(input)}>
            Test destination
          </Button>
          {one.secretsSetAt && (
            <Text size="xs" c="dimmed">
              Credentials entered <Time at={one.secretsSetAt} />
            </Text>
          )}
        </Group>
        <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
          Delete the destination
        </Button>
      </Group>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Delete ${one.name}?`}>
        <Stack>
          <Alert color="red" variant="light">
            Its deliveries and what is known of what it holds are deleted. What was delivered stays there.
          </Alert>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep it
            </Button>
            <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
