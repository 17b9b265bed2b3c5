import { Text } from '@mantine/core';
import type { Schemas } from '../api/client';

/** How many rows a query finds, as far as they were counted. */
export function ResultCount({ count, one, many }: { count: Schemas['Count'] | undefined; one: string; many: string }) {
  return (
    <Text size="sm" c="dimmed" className="number" role="status">
      {count === undefined
        ? '\u00a0'
        : `${count.exact ? '' : 'more than '}${count.value.toLocaleString()} ${count.value === 1 ? one : many}`}
    </Text>
  );
}
