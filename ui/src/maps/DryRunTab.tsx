import { Text } from '@mantine/core';
import type { Draft } from './draft';

export function DryRunTab(_: { draft: Draft; usable: boolean; onOpenRow: (row: number) => void }) {
  return <Text>…</Text>;
}
