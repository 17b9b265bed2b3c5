import { Group, List, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';
import { Failure } from '../common/states';
import { Time } from '../common/Time';

export type Schedule = Schemas['Schedule'];

const OWN_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;
const ZONES = [...new Set([OWN_ZONE, 'UTC', ...Intl.supportedValuesOf('timeZone')])];

/** Tomorrow at two in the night, as a local time of the viewer's zone. */
function tomorrowNight(): string {
  const day = new Date(Date.now() + 86_400_000);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T02:00`;
}

export const NO_SCHEDULE: Schedule = { kind: 'NONE' };

function ofKind(kind: Schedule['kind'], old: Schedule): Schedule {
  const zone = old.zone ?? OWN_ZONE;
  const start = old.start ?? old.at ?? tomorrowNight();
  switch (kind) {
    case 'NONE':
      return NO_SCHEDULE;
    case 'SINGLE_OCCURRENCE':
      return { kind, at: start, zone };
    case 'RECURRING':
      return { kind, start, every: 1, unit: 'DAYS', zone };
  }
}

/** When a profile is due, with its next five runs as the server works them out. */
export function ScheduleForm({
  schedule,
  onChange,
  none = 'By hand only',
}: {
  schedule: Schedule;
  onChange: (schedule: Schedule) => void;
  /** What having no schedule is called. */
  none?: string;
}) {
  const byCron = schedule.cron !== undefined;
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="Schedule"
        value={schedule.kind}
        onChange={(kind) => onChange(ofKind(kind as Schedule['kind'], schedule))}
        data={[
          { value: 'NONE', label: none },
          { value: 'SINGLE_OCCURRENCE', label: 'Single Occurrence' },
          { value: 'RECURRING', label: 'Recurring' },
        ]}
        style={{ alignSelf: 'flex-start' }}
      />
      {schedule.kind === 'SINGLE_OCCURRENCE' && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Moment label="Date and time" value={schedule.at} onChange={(at) => onChange({ ...schedule, at })} />
          <Zone schedule={schedule} onChange={onChange} />
        </SimpleGrid>
      )}
      {schedule.kind === 'RECURRING' && (
        <>
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <Moment label="Start" value={schedule.start} onChange={(start) => onChange({ ...schedule, start })} />
            <Moment
              label="End (optional)"
              value={schedule.end}
              optional
              onChange={(end) => onChange({ ...schedule, end: end || undefined })}
            />
            <Zone schedule={schedule} onChange={onChange} />
          </SimpleGrid>
          <Group align="flex-end">
            <Select
              label="Repeats"
              w={150}
              allowDeselect={false}
              value={byCron ? 'CRON' : (schedule.unit ?? 'DAYS')}
              data={[
                { value: 'HOURS', label: 'Hours' },
                { value: 'DAYS', label: 'Days' },
                { value: 'WEEKS', label: 'Weeks' },
                { value: 'CRON', label: 'By cron' },
              ]}
              onChange={(choice) => {
                const { every, unit, cron, ...others } = schedule;
                onChange(
                  choice === 'CRON'
                    ? { ...others, cron: cron ?? '0 2 * * *' }
                    : { ...others, every: every ?? 1, unit: choice as 'HOURS' | 'DAYS' | 'WEEKS' },
                );
              }}
            />
            {byCron ? (
              <TextInput
                label="Cron expression"
                description="Minute, hour, day of month, month, day of week"
                inputWrapperOrder={['label', 'input', 'description', 'error']}
                ff="monospace"
                value={schedule.cron ?? ''}
                onChange={(event) => onChange({ ...schedule, cron: event.currentTarget.value })}
              />
            ) : (
              <NumberInput
                label="Every"
                w={110}
                min={1}
                max={1000}
                allowDecimal={false}
                value={schedule.every ?? 1}
                onChange={(every) => onChange({ ...schedule, every: Number(every) || 1 })}
              />
            )}
          </Group>
        </>
      )}
      {schedule.kind !== 'NONE' && <NextRuns schedule={schedule} />}
    </Stack>
  );
}

function Moment({
  label,
  value,
  optional,
  onChange,
}: {
  label: string;
  value: string | undefined;
  optional?: boolean;
  onChange: (value: string) => void;
}) {
  return (
    <TextInput
      type="datetime-local"
      label={label}
      required={!optional}
      value={value?.slice(0, 16) ?? ''}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function Zone({ schedule, onChange }: { schedule: Schedule; onChange: (schedule: Schedule) => void }) {
  return (
    <Select
      label="Time zone"
      searchable
      limit={60}
      allowDeselect={false}
      data={schedule.zone && !ZONES.includes(schedule.zone) ? [schedule.zone, ...ZONES] : ZONES}
      value={schedule.zone ?? OWN_ZONE}
      onChange={(zone) => onChange({ ...schedule, zone: zone ?? OWN_ZONE })}
    />
  );
}

const nextRunsOf = (schedule: Schedule) =>
  queryOptions({
    queryKey: ['schedule', schedule],
    queryFn: ({ signal }) => ask(api.POST('/api/v1/schedules/preview', { body: schedule, signal })),
    placeholderData: keepPreviousData,
  });

/** A schedule in the server's words. */
export function ScheduleWords({ schedule }: { schedule: Schedule }) {
  const { data } = useQuery(nextRunsOf(schedule));
  return data?.text ?? '…';
}

function NextRuns({ schedule }: { schedule: Schedule }) {
  const [settled] = useDebouncedValue(schedule, 300);
  const preview = useQuery(nextRunsOf(settled));
  if (preview.isError) {
    return <Failure fault={preview.error} />;
  }
  if (!preview.data) {
    return null;
  }
  const { text, nextRuns, notices } = preview.data;
  return (
    <div role="status">
      <Text size="sm" fw={500}>
        {text}
      </Text>
      {notices.map((notice) => (
        <Text size="sm" key={notice}>
          {notice}
        </Text>
      ))}
      {nextRuns.length > 0 && (
        <>
          <Text size="xs" c="dimmed" mt={4}>
            {nextRuns.length === 1 ? 'It runs at' : `The next ${nextRuns.length} runs, in your time`}
          </Text>
          <List size="sm" spacing={2}>
            {nextRuns.map((at) => (
              <List.Item key={at}>
                <Time at={at} />
              </List.Item>
            ))}
          </List>
        </>
      )}
    </div>
  );
}
