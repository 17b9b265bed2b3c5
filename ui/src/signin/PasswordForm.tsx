import { Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { Failure } from '../common/states';

const SHORTEST = 12;

/** Changes the signed-in user's own password. */
export function PasswordForm({ onDone }: { onDone: () => void }) {
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const change = useMutation({
    mutationFn: () => ask(api.PUT('/api/v1/me/password', { body: { password, newPassword } })),
    onSuccess: () => {
      setPassword('');
      setNewPassword('');
      setRepeated('');
      onDone();
    },
  });
  const short = newPassword !== '' && newPassword.length < SHORTEST;
  const differs = repeated !== '' && repeated !== newPassword;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <Stack>
        <PasswordInput
          label="Present password"
          required
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description={`At least ${SHORTEST} characters; a few words that do not belong together do well`}
          required
          autoComplete="new-password"
          error={short ? `It needs ${SHORTEST - newPassword.length} more characters` : undefined}
          value={newPassword}
          onChange={(event) => setNewPassword(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password again"
          required
          autoComplete="new-password"
          error={differs ? 'It differs from the one above' : undefined}
          value={repeated}
          onChange={(event) => setRepeated(event.currentTarget.value)}
        />
        {change.isError && <Failure fault={change.error} />}
        <Button
          type="submit"
          loading={change.isPending}
          disabled={newPassword.length < SHORTEST || newPassword !== repeated}
        >
          Change the password
        </Button>
      </Stack>
    </form>
  );
}
