import { Alert, Button, Center, Divider, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api, ask } from '../api/client';
import { Failure } from '../common/states';
import { me, signInWays } from './queries';
import { wayBack } from './wayBack';

const route = getRouteApi('/sign-in');

/** Why a sign-in at the OpenID provider came back without success. */
const REFUSALS = new Map([
  [
    'provider',
    'The sign-in provider did not answer as it should. Try again; if it stays so, the server’s log says what is wrong.',
  ],
  ['group', 'You are in none of the groups that may come in. Ask whoever runs the sign-in provider.'],
  ['name', 'Somebody else has your name here. Ask a Manager to remove that user first.'],
  ['inactive', 'A Manager has closed your account.'],
]);

export default function SignInPage() {
  const { to, refused } = route.useSearch();
  const { data: ways } = useQuery(signInWays());
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
        {refused && (
          <Alert color="red" mb="md" role="alert">
            {REFUSALS.get(refused) ?? REFUSALS.get('provider')}
          </Alert>
        )}
        {ways?.openId && (
          <>
            <Button
              component="a"
              href={ways.openId.path}
              fullWidth
              variant={ways.openId.passwordsForFew ? 'filled' : 'default'}
            >
              Sign in with {ways.openId.label}
            </Button>
            <Divider my="md" label={ways.openId.passwordsForFew ? 'or, for an emergency' : 'or'} />
          </>
        )}
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
            <Button
              type="submit"
              loading={signIn.isPending}
              fullWidth
              variant={ways?.openId?.passwordsForFew ? 'default' : 'filled'}
            >
              Sign in
            </Button>
          </Stack>
        </form>
        <Divider my="md" />
        <Text size="xs" c="dimmed">
          {ways?.openId?.passwordsForFew
            ? 'Only users whom the operator named may sign in with a password.'
            : 'The first start of the server prints the name and a one-time password of the first Manager on its terminal. A Manager can give you a new one under Settings.'}
        </Text>
      </Paper>
    </Center>
  );
}
