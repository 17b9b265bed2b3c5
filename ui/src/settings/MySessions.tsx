import { Badge, Button, Group, Modal, PasswordInput, Stack, Table, Text, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask, type Schemas } from '../api/client';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';

type Session = Schemas['MySession'];

/** Where the signed-in user is signed in, and a way to end what should not be. */
export function MySessions() {
  const queries = useQueryClient();
  const [ending, setEnding] = useState<Session>();
  const [password, setPassword] = useState('');
  const sessions = useQuery({
    queryKey: ['me', 'sessions'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/me/sessions', { signal })).then((list) => list.items),
  });
  const end = useMutation({
    mutationFn: (session: Session) =>
      ask(
        api.POST('/api/v1/me/sessions/{sessionId}/end', {
          params: { path: { sessionId: session.id } },
          body: password ? { password } : {},
        }),
      ),
    onSuccess: () => {
      close();
      return queries.invalidateQueries({ queryKey: ['me', 'sessions'] });
    },
  });
  const close = () => {
    setEnding(undefined);
    setPassword('');
    end.reset();
  };
  return (
    <section className="card" style={{ padding: 20 }} aria-label="Sessions">
      <Title order={2} mb="xs">
        Sessions
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Where you are signed in. If one of them is not yours, end it and change your password.
      </Text>
      {sessions.isPending && <Loading what="your sessions" />}
      {sessions.isError && <Failure fault={sessions.error} retry={() => sessions.refetch()} />}
      {sessions.data && (
        <Table verticalSpacing="sm" aria-label="Sessions">
          <Table.Tbody>
            {sessions.data.map((session) => (
              <Table.Tr key={session.id}>
                <Table.Td style={{ maxWidth: 0, width: '100%' }}>
                  <Text size="sm" fw={500}>
                    {session.address}
                  </Text>
                  <Text size="xs" c="dimmed" truncate title={session.browser}>
                    {session.browser}
                  </Text>
                  <Text size="xs">
                    Since <Time at={session.since} />, last used <Time at={session.lastUsed} />
                  </Text>
                </Table.Td>
                <Table.Td ta="right">
                  {session.current ? (
                    <Badge
                      variant="light"
                      tt="none"
                      miw="max-content"
                      styles={{ label: { color: 'var(--mantine-color-text)' } }}
                    >
                      This one
                    </Badge>
                  ) : (
                    <Button
                      size="xs"
                      variant="default"
                      aria-label={`End the session from ${session.address}`}
                      onClick={() => setEnding(session)}
                    >
                      End
                    </Button>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Modal opened={ending !== undefined} onClose={close} title="End a session">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (ending) {
              end.mutate(ending);
            }
          }}
        >
          <Stack>
            <PasswordInput
              label="Your password"
              description="Leave it empty if you signed in at your OpenID provider within the last ten minutes"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {end.isError && <Failure fault={end.error} />}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" color="red" loading={end.isPending}>
                End it
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </section>
  );
}
