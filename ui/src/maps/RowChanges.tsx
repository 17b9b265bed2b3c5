import { Badge, Table, Text } from '@mantine/core';
import type { MapRow, RowChange } from './text';

const CHANGES: Record<RowChange['change'], { words: string; color: string }> = {
  ADDED: { words: 'Added', color: 'teal' },
  REMOVED: { words: 'Removed', color: 'red' },
  CHANGED: { words: 'Changed', color: 'yellow' },
};

/** What differs between two versions of a map, row by row. */
export function RowChanges({ changes }: { changes: RowChange[] }) {
  if (changes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No row differs.
      </Text>
    );
  }
  return (
    <Table.ScrollContainer minWidth={640}>
      <Table aria-label="Rows that differ" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={100}>Change</Table.Th>
            <Table.Th w="28%">Target field</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ change, target, before, after }) => (
            <Table.Tr key={target} style={{ verticalAlign: 'top' }}>
              <Table.Td>
                <Badge
                  variant="light"
                  radius="sm"
                  tt="none"
                  color={CHANGES[change].color}
                  styles={{ label: { color: 'var(--mantine-color-text)' } }}
                >
                  {CHANGES[change].words}
                </Badge>
              </Table.Td>
              <Table.Td ff="monospace" fz="xs" style={{ overflowWrap: 'anywhere' }}>
                {target}
              </Table.Td>
              <Table.Td>
                <Facts row={before} other={after} />
              </Table.Td>
              <Table.Td>
                <Facts row={after} other={before} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function facts(row: MapRow | undefined): [string, string][] {
  if (!row) {
    return [];
  }
  const found: [string, string | undefined][] = [
    ['from', row.source],
    ['expression', row.expression],
    ['values', row.values?.map(({ from, to }) => `${from}: ${to}`).join(', ')],
    ['otherwise', row.otherwise],
    ['identifier', row.identifier ? 'yes' : undefined],
  ];
  return found.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

/** A row's facts; those that the other side has too, word by word, step back. */
function Facts({ row, other }: { row: MapRow | undefined; other: MapRow | undefined }) {
  const others = new Map(facts(other));
  return (
    <>
      {facts(row).map(([name, value]) => (
        <Text
          key={name}
          size="xs"
          c={other && others.get(name) === value ? 'dimmed' : undefined}
          style={{ overflowWrap: 'anywhere' }}
        >
          {name}{' '}
          <Text span ff="monospace" fz="xs" fw={other && others.get(name) !== value ? 650 : undefined}>
            {value}
          </Text>
        </Text>
      ))}
    </>
  );
}
