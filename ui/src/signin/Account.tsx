import { Text } from '@mantine/core';

/** Who is signed in, and the way out. */
export function Account() {
  return <Text size="sm">local</Text>;
}
