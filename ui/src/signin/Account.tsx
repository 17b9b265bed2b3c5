import { Menu, Text, UnstyledButton } from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, ask } from '../api/client';
import { me } from './queries';

/** Who is signed in, and the way out. */
export function Account() {
  const { data } = useQuery(me());
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = useMutation({
    mutationFn: () => ask(api.DELETE('/api/v1/session')),
    onSettled: () => {
      queries.clear();
      navigate({ to: '/sign-in', search: {} });
    },
  });
  if (!data) {
    return <span />;
  }
  return (
    <Menu position="top-start" width={200}>
      <Menu.Target>
        <UnstyledButton px="xs" py={6} style={{ display: 'flex', alignItems: 'center', gap: 8, minWidth: 0 }}>
          <IconUserCircle size={20} stroke={1.5} aria-hidden />
          <span style={{ minWidth: 0 }}>
            <Text size="sm" truncate>
              {data.name}
            </Text>
            <Text size="xs" c="dimmed">
              {ROLES[data.role]}
            </Text>
          </span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => navigate({ to: '/settings', search: {} })}>My account</Menu.Item>
        {data.kind === 'USER' && (
          <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
            Sign out
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

export const ROLES = { MANAGER: 'Manager', VIEWER: 'Viewer' } as const;
