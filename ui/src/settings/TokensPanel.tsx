import { Button, Group, NumberInput, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { ROLES } from '../signin/Account';
import { OneTime } from './OneTime';

type Role = Schemas['Role'];

export function TokensPanel() {
  const queries = useQueryClient();
  const tokens = useQuery({
    queryKey: ['tokens'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/tokens', { signal })).then((list) => list.items),
  });
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('VIEWER');
  const [days, setDays] = useState(90);
  const create = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/tokens', { body: { name, role, days } })),
    onSuccess: () => {
      setName('');
      return queries.invalidateQueries({ queryKey: ['tokens'] });
    },
  });
  const revoke = useMutation({
    mutationFn: (tokenId: number) => ask(api.DELETE('/api/v1/tokens/{tokenId}', { params: { path: { tokenId } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['tokens'] }),
  });
  const fault = create.error ?? revoke.error;
  if (tokens.isPending) {
    return <Loading what="API tokens" />;
  }
  if (tokens.isError) {
    return <Failure fault={tokens.error} retry={() => tokens.refetch()} />;
  }
  return (
    <Stack maw={1040}>
      {create.data && <OneTime title={`API token ${create.data.details.name}`} secret={create.data.token} />}
      {fault && <Failure fault={fault} />}
      {tokens.data.length === 0 ? (
        <section className="card">
          <Empty title="No API tokens">Programs sign in with them. A token can never do more than who made it.</Empty>
        </section>
      ) : (
        <Table.ScrollContainer minWidth={860} className="card">
          <Table verticalSpacing="sm" aria-label="API tokens">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th>Role</Table.Th>
                <Table.Th>Made by</Table.Th>
                <Table.Th>Status</Table.Th>
                <Table.Th>Expires</Table.Th>
                <Table.Th>Last used</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tokens.data.map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Td>
                    <Text size="sm" fw={500}>
                      {token.name}
                    </Text>
                  </Table.Td>
                  <Table.Td>{ROLES[token.role]}</Table.Td>
                  <Table.Td>{token.createdBy}</Table.Td>
                  <Table.Td>{token.valid ? 'Valid' : token.revokedAt ? 'Revoked' : 'Not valid'}</Table.Td>
                  <Table.Td>
                    <Time at={token.expiresAt} />
                  </Table.Td>
                  <Table.Td>
                    <Time at={token.lastUsed} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {!token.revokedAt && (
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={`Revoke ${token.name}`}
                        onClick={() => revoke.mutate(token.id)}
                      >
                        Revoke
                      </Button>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Group align="flex-end">
          <TextInput
            label="Name"
            placeholder="What will use it"
            required
            value={name}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Select
            label="Role"
            w={140}
            allowDeselect={false}
            data={Object.entries(ROLES).map(([value, label]) => ({ value, label }))}
            value={role}
            onChange={(wanted) => wanted && setRole(wanted as Role)}
          />
          <NumberInput
            label="Valid for days"
            w={130}
            min={1}
            max={730}
            allowDecimal={false}
            value={days}
            onChange={(wanted) => setDays(Number(wanted) || 1)}
          />
          <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
            Make a token
          </Button>
        </Group>
      </form>
    </Stack>
  );
}
