import { Button, Group, Menu, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { ROLES } from '../signin/Account';
import { OneTime } from './OneTime';

type User = Schemas['User'];
type Role = Schemas['Role'];

const ROLE_CHOICES = Object.entries(ROLES).map(([value, label]) => ({ value, label }));

export function UsersPanel() {
  const queries = useQueryClient();
  const users = useQuery({
    queryKey: ['users'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/users', { signal })).then((list) => list.items),
  });
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('VIEWER');
  const refresh = { onSuccess: () => queries.invalidateQueries({ queryKey: ['users'] }) };
  const create = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/users', { body: { name, role } })),
    onSuccess: () => {
      setName('');
      return refresh.onSuccess();
    },
  });
  const change = useMutation({
    mutationFn: ({ user, ...body }: { user: User; role?: Role; active?: boolean }) =>
      ask(api.PATCH('/api/v1/users/{userId}', { params: { path: { userId: user.id } }, body })),
    ...refresh,
  });
  const reset = useMutation({
    mutationFn: (user: User) =>
      ask(api.POST('/api/v1/users/{userId}/password-reset', { params: { path: { userId: user.id } } })),
    ...refresh,
  });
  const remove = useMutation({
    mutationFn: (user: User) => ask(api.DELETE('/api/v1/users/{userId}', { params: { path: { userId: user.id } } })),
    ...refresh,
  });
  const fault = create.error ?? change.error ?? reset.error ?? remove.error;
  if (users.isPending) {
    return <Loading what="users" />;
  }
  if (users.isError) {
    return <Failure fault={users.error} retry={() => users.refetch()} />;
  }
  return (
    <Stack maw={960}>
      {create.data && (
        <OneTime title={`One-time password of ${create.data.user.name}`} secret={create.data.oneTimePassword} />
      )}
      {reset.data && (
        <OneTime title={`New one-time password of ${reset.data.user.name}`} secret={reset.data.oneTimePassword} />
      )}
      {fault && <Failure fault={fault} />}
      <Table.ScrollContainer minWidth={720} className="card">
        <Table verticalSpacing="sm" aria-label="Users">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Name</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Status</Table.Th>
              <Table.Th>Last sign-in</Table.Th>
              <Table.Th>Added</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {users.data.map((user) => (
              <Table.Tr key={user.id}>
                <Table.Td>
                  <Text size="sm" fw={500}>
                    {user.name}
                  </Text>
                  {user.external && (
                    <Text size="xs" c="dimmed">
                      by the OpenID provider
                    </Text>
                  )}
                </Table.Td>
                <Table.Td>
                  <Select
                    aria-label={`Role of ${user.name}`}
                    size="xs"
                    w={120}
                    allowDeselect={false}
                    disabled={user.external}
                    data={ROLE_CHOICES}
                    value={user.role}
                    onChange={(wanted) => wanted && change.mutate({ user, role: wanted as Role })}
                  />
                </Table.Td>
                <Table.Td>
                  {user.active ? (user.mustChangePassword ? 'Has a one-time password' : 'Active') : 'Disabled'}
                </Table.Td>
                <Table.Td>
                  <Time at={user.lastSignIn} />
                </Table.Td>
                <Table.Td>
                  <Time at={user.createdAt} />
                </Table.Td>
                <Table.Td ta="right">
                  <Menu position="bottom-end">
                    <Menu.Target>
                      <Button size="xs" variant="default" aria-label={`Change ${user.name}`}>
                        Change
                      </Button>
                    </Menu.Target>
                    <Menu.Dropdown>
                      <Menu.Item onClick={() => change.mutate({ user, active: !user.active })}>
                        {user.active ? 'Disable' : 'Enable'}
                      </Menu.Item>
                      {!user.external && (
                        <Menu.Item onClick={() => reset.mutate(user)}>New one-time password</Menu.Item>
                      )}
                      <Menu.Item color="red" onClick={() => remove.mutate(user)}>
                        Delete
                      </Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="Name"
            required
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Role"
            w={140}
            allowDeselect={false}
            data={ROLE_CHOICES}
            value={role}
            onChange={(wanted) => wanted && setRole(wanted as Role)}
          />
          <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
            Add user
          </Button>
        </Group>
      </form>
    </Stack>
  );
}
