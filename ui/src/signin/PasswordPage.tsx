import { Button, Center, Paper, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { PasswordForm } from './PasswordForm';
import { wayBack } from './wayBack';

const route = getRouteApi('/password');

/** Asks who signs in with a one-time password for one of their own. */
export default function PasswordPage() {
  const { to } = route.useSearch();
  const navigate = useNavigate();
  const queries = useQueryClient();
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper className="card" p={32} w={420}>
        <Stack>
          <Title order={1}>Choose a password</Title>
          <Text size="sm" c="dimmed">
            You signed in with a one-time password. Choose your own to go on.
          </Text>
          <PasswordForm
            onDone={() => {
              queries.clear();
              navigate({ href: wayBack(to) });
            }}
          />
          <Button variant="subtle" onClick={() => navigate({ to: '/sign-in', search: {} })}>
            Sign in as somebody else
          </Button>
        </Stack>
      </Paper>
    </Center>
  );
}
