import { Alert, Button, Center, Loader, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';

/** Something is under way; says what. */
export function Loading({ what }: { what: string }) {
  return (
    <Center p="xl" role="status" aria-live="polite">
      <Loader size="sm" mr="sm" />
      <Text c="dimmed" size="sm">
        Loading {what} …
      </Text>
    </Center>
  );
}

/** A request failed: what the server says, and a way to try again. */
export function Failure({ fault, retry }: { fault: unknown; retry?: () => void }) {
  const known = fault instanceof ApiError ? fault.problem : undefined;
  return (
    <Alert
      color="red"
      variant="light"
      icon={<IconAlertTriangle />}
      title={known?.title ?? 'The page met a fault'}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{known?.detail ?? String(fault)}</Text>
        {known?.fields?.map((field) => (
          <Text size="sm" key={field.field}>
            <b>{field.field}</b>: {field.message}
          </Text>
        ))}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Nothing to show: why, and what to do next. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <Center p="xl">
      <Stack align="center" gap="xs" maw={460}>
        <ThemeIcon size={48} radius="xl" variant="light" color="gray">
          <IconInbox stroke={1.5} />
        </ThemeIcon>
        <Text fw={600}>{title}</Text>
        <Text size="sm" c="dimmed" ta="center" component="div">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}
