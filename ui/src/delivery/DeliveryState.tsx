import { Badge } from '@mantine/core';
import type { Delivery } from './queries';

const LOOKS: Record<Delivery['state'], { color: string; words: string }> = {
  QUEUED: { color: 'gray', words: 'Waiting' },
  SENDING: { color: 'blue', words: 'Sending' },
  DELIVERED: { color: 'teal', words: 'Delivered' },
  DELIVERED_PARTLY: { color: 'yellow', words: 'Delivered in part' },
  FAILED: { color: 'red', words: 'Failed' },
};

export function DeliveryState({ state }: { state: Delivery['state'] }) {
  const { color, words } = LOOKS[state];
  return (
    <Badge
      variant="light"
      miw="max-content"
      radius="sm"
      tt="none"
      color={color}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {words}
    </Badge>
  );
}

const TRIGGERS: Record<Delivery['trigger'], string> = {
  MANUAL: 'By hand',
  SCHEDULE: 'By schedule',
  RUN: 'After a run',
  CHANGE: 'Changes waited',
};

export function triggerWords(delivery: Delivery): string {
  return delivery.everything ? `${TRIGGERS[delivery.trigger]}, everything` : TRIGGERS[delivery.trigger];
}
