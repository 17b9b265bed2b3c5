import { Badge, Group, Loader, Progress, Stack, Text } from '@mantine/core';
import type { Run } from './queries';

const STATES: Record<Run['state'], { words: string; color: string }> = {
  QUEUED: { words: 'Queued', color: 'gray' },
  FETCHING: { words: 'Fetching', color: 'blue' },
  APPLYING: { words: 'Applying', color: 'blue' },
  PROCESSED: { words: 'Processed', color: 'teal' },
  PROCESSED_INCOMPLETE: { words: 'Processed (incomplete)', color: 'yellow' },
  FAILED: { words: 'Failed', color: 'red' },
  CANCELLED: { words: 'Cancelled', color: 'gray' },
};

export function RunState({ run }: { run: Run }) {
  const { words, color } = STATES[run.state];
  return (
    <Badge
      variant="light"
      miw="max-content"
      radius="sm"
      tt="none"
      color={color}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      leftSection={run.ended || run.state === 'QUEUED' ? undefined : <Loader size={10} />}
    >
      {words}
    </Badge>
  );
}

/** How far a run has got, in words and as a bar. */
export function RunProgress({ run }: { run: Run }) {
  const progress = run.progress;
  if (!progress) {
    return null;
  }
  const { stage, done, total, unit } = progress;
  const share = total ? Math.min(100, (100 * done) / total) : 100;
  return (
    <Stack gap={4} role="status">
      <Group justify="space-between">
        <Text size="sm">{stage}</Text>
        <Text size="sm" c="dimmed" className="number">
          {done.toLocaleString()}
          {total !== undefined && ` of ${total.toLocaleString()}`} {unit}
        </Text>
      </Group>
      <Progress value={share} animated aria-label={stage} />
    </Stack>
  );
}
