import { Badge, Loader } from '@mantine/core';
import type { Connection } from './queries';

const STATES: Record<Connection['state'], { words: string; color: string }> = {
  REGISTERED: { words: 'Registered', color: 'gray' },
  SCHEDULED: { words: 'Scheduled', color: 'blue' },
  PROCESSING: { words: 'Processing', color: 'blue' },
  PROCESSED: { words: 'Processed', color: 'teal' },
  PROCESSED_INCOMPLETE: { words: 'Processed (incomplete)', color: 'yellow' },
  FAILED: { words: 'Failed', color: 'red' },
  INACTIVE: { words: 'Inactive', color: 'gray' },
};

/** A connection's state, in the words of the connectors screen. */
export function ConnectionState({ state }: { state: Connection['state'] }) {
  const { words, color } = STATES[state];
  return (
    <Badge
      variant="light"
      miw="max-content"
      radius="sm"
      tt="none"
      color={color}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
      leftSection={state === 'PROCESSING' ? <Loader size={10} /> : undefined}
    >
      {words}
    </Badge>
  );
}
