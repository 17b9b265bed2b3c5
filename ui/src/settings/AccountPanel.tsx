import { SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { Fact } from '../common/Fact';
import { Failure, Loading } from '../common/states';
import { ROLES } from '../signin/Account';
import { PasswordForm } from '../signin/PasswordForm';
import { me } from '../signin/queries';
import { MySessions } from './MySessions';

const KINDS = {
  USER: 'With a password or by the OpenID provider',
  TOKEN: 'With an API token',
  LOCAL: "With the server's own token",
};

export function AccountPanel() {
  const self = useQuery(me());
  if (self.isPending) {
    return <Loading what="your account" />;
  }
  if (self.isError) {
    return <Failure fault={self.error} retry={() => self.refetch()} />;
  }
  return (
    <Stack maw={520}>
      <section className="card" style={{ padding: 20 }} aria-label="My account">
        <SimpleGrid cols={2}>
          <Fact name="Name">{self.data.name}</Fact>
          <Fact name="Role">{ROLES[self.data.role]}</Fact>
          <Fact name="Signed in">{KINDS[self.data.kind]}</Fact>
        </SimpleGrid>
      </section>
      {self.data.kind === 'USER' && (
        <section className="card" style={{ padding: 20 }} aria-label="Password">
          <Title order={2} mb="xs">
            Password
          </Title>
          <Text size="sm" c="dimmed" mb="sm">
            Your other sessions end when you change it.
          </Text>
          <PasswordForm
            onDone={() =>
              notifications.show({ color: 'teal', title: 'Changed', message: 'Use the new password from now on.' })
            }
          />
        </section>
      )}
      {self.data.kind === 'USER' && <MySessions />}
    </Stack>
  );
}
