import { Badge, Group, Text, Timeline } from '@mantine/core';
import {
  IconBug,
  IconEyeCheck,
  IconEyeOff,
  IconFingerprint,
  IconHourglassEmpty,
  IconPencil,
  IconPlus,
  type TablerIcon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { Schemas } from '../api/client';
import { TextLink } from '../common/links';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { assetHistory } from './queries';

type Event = Schemas['AssetEvent'];

const ICONS: Record<Event['kind'], { icon: TablerIcon; color: string }> = {
  FOUND: { icon: IconPlus, color: 'teal' },
  CHANGED: { icon: IconPencil, color: 'blue' },
  VANISHED: { icon: IconEyeOff, color: 'gray' },
  RETURNED: { icon: IconEyeCheck, color: 'teal' },
  FINDINGS: { icon: IconBug, color: 'orange' },
  IDENTIFIED: { icon: IconFingerprint, color: 'grape' },
  HISTORY_BEGINS: { icon: IconHourglassEmpty, color: 'gray' },
};

/** What happened to a host, the newest first. */
export function History({ assetId }: { assetId: number }) {
  const history = useQuery(assetHistory(assetId));
  if (history.isPending) {
    return <Loading what="the history" />;
  }
  if (history.isError) {
    return <Failure fault={history.error} retry={() => history.refetch()} />;
  }
  const events = history.data.items;
  if (events.length === 0) {
    return <Empty title="Nothing is kept of its history">Runs write it as they change the host.</Empty>;
  }
  return (
    <section className="card" style={{ padding: 20 }} aria-label="History">
      <Timeline bulletSize={26} lineWidth={2}>
        {events.map((event, index) => {
          const { icon: Icon, color } = ICONS[event.kind];
          return (
            <Timeline.Item
              // biome-ignore lint/suspicious/noArrayIndexKey: events have no other name, and never move
              key={index}
              bullet={<Icon size={15} aria-hidden />}
              color={color}
              title={event.kind === 'FINDINGS' ? <Changes event={event} /> : event.text}
            >
              <Group gap={6} c="dimmed" fz="xs">
                <Time at={event.at} />
                {event.runId !== undefined && (
                  <>
                    <span>·</span>
                    <TextLink to="/runs/$runId" params={{ runId: String(event.runId) }} size="xs">
                      Run {event.runId}
                    </TextLink>
                    {event.connection && <span>of {event.connection}</span>}
                  </>
                )}
                {event.kind === 'FINDINGS' && event.runId !== undefined && (
                  <>
                    <span>·</span>
                    <TextLink
                      to="/findings"
                      search={{ query: `asOf:${event.runId} and asset.id:${assetId}` }}
                      size="xs"
                    >
                      Findings as of then
                    </TextLink>
                  </>
                )}
              </Group>
            </Timeline.Item>
          );
        })}
      </Timeline>
    </section>
  );
}

function Changes({ event }: { event: Event }) {
  const parts = [
    { count: event.opened ?? 0, word: 'opened', color: 'orange' },
    { count: event.fixed ?? 0, word: 'fixed', color: 'teal' },
    { count: event.reopened ?? 0, word: 'reopened', color: 'red' },
  ].filter((part) => part.count > 0);
  return (
    <Group gap={6}>
      <Text span inherit>
        Findings
      </Text>
      {parts.map((part) => (
        <Badge
          key={part.word}
          size="sm"
          radius="sm"
          variant="light"
          tt="none"
          color={part.color}
          styles={{ label: { color: 'var(--mantine-color-text)' } }}
        >
          {part.count.toLocaleString()} {part.word}
        </Badge>
      ))}
    </Group>
  );
}
