import { Text, Tooltip } from '@mantine/core';

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** A moment in the viewer's own zone, with UTC on hover and for screen readers' title. */
export function Time({ at, dayOnly }: { at?: string | undefined; dayOnly?: boolean }) {
  if (!at) {
    return (
      <Text span c="dimmed" inherit>
        –
      </Text>
    );
  }
  const moment = new Date(at);
  return (
    <Tooltip label={`${at.slice(0, 19).replace('T', ' ')} UTC`} openDelay={300}>
      <time dateTime={at} className="number" style={{ whiteSpace: 'nowrap' }}>
        {(dayOnly ? DAY : MOMENT).format(moment)}
      </time>
    </Tooltip>
  );
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** How far a moment is from now, such as "in 2 hours"; the moment itself on hover. */
export function FromNow({ at }: { at: string }) {
  const seconds = Math.round((Date.parse(at) - Date.now()) / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? (['second', 1] as const);
  return (
    <Tooltip label={`${MOMENT.format(new Date(at))} · ${at.slice(0, 19).replace('T', ' ')} UTC`} openDelay={300}>
      <time dateTime={at}>{RELATIVE.format(Math.round(seconds / size), unit)}</time>
    </Tooltip>
  );
}

/** A length of time such as "1 h 5 min" or "12 s". */
export function duration(seconds: number): string {
  if (seconds < 60) {
    return `${Math.round(seconds)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
