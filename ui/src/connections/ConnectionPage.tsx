import { Alert, Button, Group, Modal, Stack, Switch, Table, Tabs, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, api, ask } from '../api/client';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { RunsTable } from '../runs/RunsTable';
import { ConnectionForm, ofConnection, TestReport, useSettingsTest } from './ConnectionForm';
import { ConnectionState } from './ConnectionState';
import { type Connection, connection, connectors, type Profile } from './queries';

const route = getRouteApi('/inside/connections/$connectionId');

export default function ConnectionPage() {
  const connectionId = Number(route.useParams().connectionId);
  const one = useQuery(connection(connectionId));
  if (one.isPending) {
    return <Loading what="the connection" />;
  }
  if (one.isError) {
    return (
      <Page title={`Connection ${connectionId}`}>
        <Failure fault={one.error} retry={() => one.refetch()} />
      </Page>
    );
  }
  return <Content connection={one.data} />;
}

function Content({ connection: one }: { connection: Connection }) {
  const { tab = 'runs' } = route.useSearch();
  const navigate = useNavigate();
  return (
    <Page
      title={one.name}
      about={
        <Group gap="xs" mt={4}>
          <ConnectionState state={one.state} />
          <span>
            {one.product} {one.description && `· ${one.description}`}
          </span>
        </Group>
      }
      actions={one.profiles[0] && <RunNow profile={one.profiles[0]} />}
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(wanted) =>
          navigate({
            to: '/connections/$connectionId',
            params: { connectionId: String(one.id) },
            search: { tab: wanted === 'runs' || wanted === null ? undefined : wanted },
            replace: true,
          })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
          <Tabs.Tab value="profiles">Profiles</Tabs.Tab>
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="runs">
          <RunsTable connectionId={one.id} />
        </Tabs.Panel>
        <Tabs.Panel value="profiles">
          <Profiles connection={one} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Settings connection={one} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function complain(fault: Error) {
  notifications.show({
    color: 'red',
    title: fault.message,
    message: fault instanceof ApiError ? fault.problem.detail : '',
  });
}

function RunNow({ profile }: { profile: Profile }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: () =>
      ask(api.POST('/api/v1/profiles/{profileId}/runs', { params: { path: { profileId: profile.id } } })),
    onSuccess: (run) => {
      queries.invalidateQueries({ queryKey: ['runs'] });
      queries.invalidateQueries({ queryKey: ['connections'] });
      navigate({ to: '/runs/$runId', params: { runId: String(run.id) } });
    },
    onError: complain,
  });
  return (
    <Button leftSection={<IconPlayerPlay size={16} />} loading={start.isPending} onClick={() => start.mutate()}>
      Run now
    </Button>
  );
}

function Profiles({ connection: one }: { connection: Connection }) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: ({ profile, active }: { profile: Profile; active: boolean }) =>
      ask(api.PATCH('/api/v1/profiles/{profileId}', { params: { path: { profileId: profile.id } }, body: { active } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['connections'] }),
    onError: complain,
  });
  if (one.profiles.length === 0) {
    return <Empty title="No profiles">A profile says what this connection runs, and when.</Empty>;
  }
  return (
    <Table.ScrollContainer minWidth={760} className="card">
      <Table verticalSpacing="sm" aria-label="Profiles">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Transform map</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Created</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {one.profiles.map((profile) => (
            <Table.Tr key={profile.id}>
              <Table.Td>
                <Text size="sm" fw={500}>
                  {profile.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {profile.description}
                </Text>
              </Table.Td>
              <Table.Td>{profile.transformMap}</Table.Td>
              <Table.Td>
                <Switch
                  checked={profile.active}
                  disabled={change.isPending}
                  label={profile.active ? 'Active' : 'Inactive'}
                  onChange={(event) => change.mutate({ profile, active: event.currentTarget.checked })}
                />
              </Table.Td>
              <Table.Td>
                <Time at={profile.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Settings({ connection: one }: { connection: Connection }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const known = useQuery(connectors());
  const [input, setInput] = useState(() => ofConnection(one));
  const [asking, setAsking] = useState(false);
  const test = useSettingsTest(one);
  const save = useMutation({
    mutationFn: () =>
      ask(api.PUT('/api/v1/connections/{connectionId}', { params: { path: { connectionId: one.id } }, body: input })),
    onSuccess: (saved) => {
      setInput(ofConnection(saved));
      queries.invalidateQueries({ queryKey: ['connections'] });
      notifications.show({ color: 'teal', title: 'Saved', message: saved.notices?.join(' ') || saved.name });
    },
  });
  const remove = useMutation({
    mutationFn: () =>
      ask(api.DELETE('/api/v1/connections/{connectionId}', { params: { path: { connectionId: one.id } } })),
    onSuccess: () => {
      queries.invalidateQueries({ queryKey: ['connections'] });
      navigate({ to: '/connectors' });
    },
    onError: complain,
  });
  const connector = known.data?.find((candidate) => candidate.id === one.connector);
  if (!connector) {
    return known.isError ? <Failure fault={known.error} /> : <Loading what="the settings" />;
  }
  return (
    <Stack maw={860}>
      <section className="card" style={{ padding: 20 }} aria-label="Settings">
        <ConnectionForm connector={connector} input={input} onChange={setInput} saved={one} fault={save.error} />
      </section>
      {save.isError && <Failure fault={save.error} />}
      <TestReport test={test.data} fault={test.error} />
      <Group justify="space-between">
        <Group>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
          <Button variant="default" loading={test.isPending} onClick={() => test.mutate(input)}>
            Test connection
          </Button>
          {one.secretsSetAt && (
            <Text size="xs" c="dimmed">
              Credentials entered <Time at={one.secretsSetAt} />
            </Text>
          )}
        </Group>
        <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
          Delete the connection
        </Button>
      </Group>
      <Modal opened={asking} onClose={() => setAsking(false)} title={`Delete ${one.name}?`}>
        <Stack>
          <Alert color="red" variant="light">
            Its runs, profiles and everything only it reported are deleted with it. This cannot be undone.
          </Alert>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
