import { Alert, Anchor, Button, Drawer, Group, Menu, Modal, Stack, Table, Tabs, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlayerPlay, IconPlus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { complain } from '../common/complain';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { RunsTable } from '../runs/RunsTable';
import { ManagersOnly, ONLY_MANAGERS, useMayChange } from '../signin/ManagersOnly';
import { ConnectionForm, ofConnection, TestReport, useSettingsTest } from './ConnectionForm';
import { ConnectionState } from './ConnectionState';
import { blankProfile, ofProfile, ProfileForm } from './ProfileForm';
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
      actions={<RunNow profiles={one.profiles} />}
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

function useRun() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (profile: Profile) =>
      ask(api.POST('/api/v1/profiles/{profileId}/runs', { params: { path: { profileId: profile.id } } })),
    onSuccess: (run) => {
      queries.invalidateQueries({ queryKey: ['runs'] });
      queries.invalidateQueries({ queryKey: ['connections'] });
      navigate({ to: '/runs/$runId', params: { runId: String(run.id) } });
    },
    onError: complain,
  });
}

/** Runs the connection's one profile, or lets the viewer choose. */
function RunNow({ profiles }: { profiles: Profile[] }) {
  const run = useRun();
  const mayChange = useMayChange();
  const active = profiles.filter((profile) => profile.active);
  const [only, ...others] = active;
  const button = {
    leftSection: <IconPlayerPlay size={16} />,
    loading: run.isPending,
    disabled: !only || !mayChange,
    title: mayChange ? undefined : ONLY_MANAGERS,
  };
  if (others.length === 0) {
    return (
      <Button {...button} onClick={() => only && run.mutate(only)}>
        Run now
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button {...button}>Run now</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {active.map((profile) => (
          <Menu.Item key={profile.id} onClick={() => run.mutate(profile)}>
            {profile.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function Profiles({ connection: one }: { connection: Connection }) {
  const known = useQuery(connectors());
  const [edited, edit] = useState<Profile | 'new'>();
  const connector = known.data?.find((candidate) => candidate.id === one.connector);
  return (
    <Stack>
      {one.profiles.length === 0 ? (
        <Empty title="No profiles">A profile says what this connection runs, and when.</Empty>
      ) : (
        <Table.ScrollContainer minWidth={860} className="card">
          <Table verticalSpacing="sm" aria-label="Profiles">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th>Transform map</Table.Th>
                <Table.Th>Schedule</Table.Th>
                <Table.Th>Next run</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {one.profiles.map((profile) => (
                <Table.Tr key={profile.id}>
                  <Table.Td>
                    <Anchor component="button" type="button" fz="sm" fw={500} onClick={() => edit(profile)}>
                      {profile.name}
                    </Anchor>
                    <Text size="xs" c="dimmed">
                      {profile.description}
                    </Text>
                  </Table.Td>
                  <Table.Td>{profile.active ? 'Active' : 'Inactive'}</Table.Td>
                  <Table.Td>
                    {profile.transformMap}
                    {profile.transformMapVersion !== undefined && ` (version ${profile.transformMapVersion})`}
                  </Table.Td>
                  <Table.Td>{profile.scheduleText}</Table.Td>
                  <Table.Td>{profile.nextRuns[0] ? <Time at={profile.nextRuns[0]} /> : '–'}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Group>
        <ManagersOnly>
          <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => edit('new')}>
            New profile
          </Button>
        </ManagersOnly>
      </Group>
      <Drawer
        opened={edited !== undefined}
        onClose={() => edit(undefined)}
        position="right"
        size="xl"
        title={edited === 'new' ? 'New profile' : 'Profile'}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        {edited && (
          <ProfileEditor
            connectionId={one.id}
            profile={edited === 'new' ? undefined : edited}
            transformMap={connector?.transformMaps[0] ?? ''}
            onDone={() => edit(undefined)}
          />
        )}
      </Drawer>
    </Stack>
  );
}

function ProfileEditor({
  connectionId,
  profile,
  transformMap,
  onDone,
}: {
  connectionId: number;
  profile: Profile | undefined;
  transformMap: string;
  onDone: () => void;
}) {
  const queries = useQueryClient();
  const [input, setInput] = useState(() => (profile ? ofProfile(profile) : blankProfile(transformMap)));
  const done = () => {
    queries.invalidateQueries({ queryKey: ['connections'] });
    onDone();
  };
  const save = useMutation({
    mutationFn: () =>
      profile
        ? ask(api.PUT('/api/v1/profiles/{profileId}', { params: { path: { profileId: profile.id } }, body: input }))
        : ask(
            api.POST('/api/v1/connections/{connectionId}/profiles', {
              params: { path: { connectionId } },
              body: input,
            }),
          ),
    onSuccess: done,
  });
  const remove = useMutation({
    mutationFn: (profileId: number) =>
      ask(api.DELETE('/api/v1/profiles/{profileId}', { params: { path: { profileId } } })),
    onSuccess: done,
  });
  return (
    <Stack>
      <ProfileForm input={input} onChange={setInput} fault={save.error} />
      {save.isError && <Failure fault={save.error} />}
      {remove.isError && <Failure fault={remove.error} />}
      <Group justify="space-between">
        <ManagersOnly>
          <Button loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </ManagersOnly>
        {profile && (
          <ManagersOnly>
            <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate(profile.id)}>
              Delete the profile
            </Button>
          </ManagersOnly>
        )}
      </Group>
    </Stack>
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
          <ManagersOnly>
            <Button loading={save.isPending} onClick={() => save.mutate()}>
              Save
            </Button>
          </ManagersOnly>
          <ManagersOnly>
            <Button variant="default" loading={test.isPending} onClick={() => test.mutate(input)}>
              Test connection
            </Button>
          </ManagersOnly>
          {one.secretsSetAt && (
            <Text size="xs" c="dimmed">
              Credentials entered <Time at={one.secretsSetAt} />
            </Text>
          )}
        </Group>
        <ManagersOnly>
          <Button variant="subtle" color="red" onClick={() => setAsking(true)}>
            Delete the connection
          </Button>
        </ManagersOnly>
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
            <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
              Delete
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}
