import { Badge, Group, Text, Tooltip } from '@mantine/core';
import type { Schemas } from '../api/client';

export const SEVERITIES = [
  { level: 5, name: 'Critical', count: 'critical', color: '#b3123f' },
  { level: 4, name: 'High', count: 'high', color: '#d9480f' },
  { level: 3, name: 'Medium', count: 'medium', color: '#c98a00' },
  { level: 2, name: 'Low', count: 'low', color: '#1c7ed6' },
  { level: 1, name: 'Info', count: 'info', color: '#738096' },
] as const;

/** ETM's severity, 5 (Critical) to 1 (Info), by name and colour. */
export function Severity({ level }: { level?: number | undefined }) {
  const severity = SEVERITIES.find((known) => known.level === level);
  if (!severity) {
    return (
      <Text span c="dimmed" size="sm">
        –
      </Text>
    );
  }
  return (
    <Badge
      variant="outline"
      size="sm"
      radius="sm"
      styles={{
        root: { borderColor: severity.color, background: `${severity.color}1f` },
        label: { color: 'var(--mantine-color-text)', textTransform: 'none', fontWeight: 600 },
      }}
      leftSection={<span style={{ width: 8, height: 8, borderRadius: 4, background: severity.color }} />}
    >
      {severity.name}
    </Badge>
  );
}

/** How many open findings there are at each severity, as a bar with its numbers on hover. */
export function SeverityBar({ counts }: { counts: Schemas['SeverityCounts'] }) {
  const parts = SEVERITIES.map((severity) => ({ ...severity, count: counts[severity.count] }));
  if (counts.total === 0) {
    return (
      <Text span c="dimmed" size="sm">
        none
      </Text>
    );
  }
  const words = parts
    .filter((part) => part.count > 0)
    .map((part) => `${part.count} ${part.name}`)
    .join(', ');
  return (
    <Tooltip label={words} openDelay={200}>
      <Group gap={8} wrap="nowrap" role="img" aria-label={words}>
        <Text span size="sm" className="number" w={40} ta="right">
          {counts.total.toLocaleString()}
        </Text>
        <span style={{ display: 'flex', height: 8, width: 120, borderRadius: 4, overflow: 'hidden', gap: 1 }}>
          {parts
            .filter((part) => part.count > 0)
            .map((part) => (
              <span key={part.level} style={{ flexGrow: part.count, flexBasis: 2, background: part.color }} />
            ))}
        </span>
      </Group>
    </Tooltip>
  );
}
