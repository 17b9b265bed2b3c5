import { Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';

type Props = {
  title: string;
  /** One sentence under the title. */
  about?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  /** The page takes the window's height; something in it scrolls. */
  fill?: boolean;
  children: ReactNode;
};

/** The frame of every page: its one h1, its actions, and the window's title. */
export function Page({ title, about, actions, fill, children }: Props) {
  useEffect(() => {
    document.title = `${title} · ETM Connect`;
  }, [title]);
  return (
    <Stack className={fill ? 'page page-fill' : 'page'} gap="md">
      <Group justify="space-between" align="flex-start" wrap="nowrap">
        <div>
          <Title order={1}>{title}</Title>
          {about && (
            <Text component="div" c="dimmed" size="sm">
              {about}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
