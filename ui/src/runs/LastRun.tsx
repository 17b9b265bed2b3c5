import { Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { TextLink } from '../common/links';
import { FromNow } from '../common/Time';
import { run } from './queries';

/** When a connection's last run was, and what it brought, in a line. */
export function LastRun({ runId }: { runId: number | undefined }) {
  const last = useQuery({ ...run(runId ?? 0), enabled: runId !== undefined });
  if (runId === undefined) {
    return (
      <Text size="sm" c="dimmed">
        never
      </Text>
    );
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <TextLink to="/runs/$runId" params={{ runId: String(runId) }}>
        Run {runId}
      </TextLink>
      {last.data && (
        <Text size="sm" c="dimmed" component="span">
          <FromNow at={last.data.finishedAt ?? last.data.queuedAt} />
          {last.data.ended &&
            ` · ${last.data.counts.findingsNew.toLocaleString()} new, ${last.data.counts.findingsFixed.toLocaleString()} fixed`}
        </Text>
      )}
    </Group>
  );
}
