import { Button, Center, Divider, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, ask } from '../api/client';
import { Failure } from '../common/states';
import { me } from './queries';
import { wayBack } from './wayBack';

const route = getRouteApi('/sign-in');

export default function SignInPage() {
  const { to } = route.useSearch();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const queries = useQueryClient();
  const navigate = useNavigate();
  useEffect(() => {
    document.title = 'Sign in · ETM Connect';
  }, []);
  const signIn = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/session', { body: { name, password } })),
    onSuccess: (user) => {
      queries.clear();
      queries.setQueryData(me().queryKey, user);
      if (user.mustChangePassword) {
        navigate({ to: '/password', search: { to } });
      } else {
        navigate({ href: wayBack(to) });
      }
    },
  });
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper className="card" p={32} w={400}>
        <Stack align="center" gap={6} mb="lg">
          <img src="/logo.svg" alt="" width={44} height={44} />
          <Title order={1}>ETM Connect</Title>
        </Stack>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <Stack>
            <TextInput
              label="Name"
              required
              autoFocus
              autoComplete="username"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <PasswordInput
              label="Password"
              required
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {signIn.isError && <Failure fault={signIn.error} />}
            <Button type="submit" loading={signIn.isPending} fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
        <Divider my="md" />
        <Text size="xs" c="dimmed">
          The first start of the server prints the name and a one-time password of the first Manager on its terminal. A
          Manager can give you a new one under Settings.
        </Text>
      </Paper>
    </Center>
  );
}
