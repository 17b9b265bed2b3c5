import { Select, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ApiError, api, ask, type Schemas } from '../api/client';
import type { Profile } from './queries';
import { NO_SCHEDULE, ScheduleForm } from './ScheduleForm';

export type ProfileInput = Schemas['ProfileInput'];

export function ofProfile(profile: Profile): ProfileInput {
  return {
    name: profile.name,
    description: profile.description,
    transformMap: profile.transformMap,
    transformMapVersion: profile.transformMapVersion,
    active: profile.active,
    schedule: profile.schedule,
  };
}

export function blankProfile(transformMap: string): ProfileInput {
  return { name: '', description: '', transformMap, active: true, schedule: NO_SCHEDULE };
}

const NEWEST = 'newest';

/** What a profile runs, and when. */
export function ProfileForm({
  input,
  onChange,
  fault,
}: {
  input: ProfileInput;
  onChange: (input: ProfileInput) => void;
  fault?: unknown;
}) {
  const maps = useQuery({
    queryKey: ['maps'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/maps', { signal })).then((list) => list.items),
  });
  const chosen = maps.data?.find((map) => map.name === input.transformMap);
  const versions = chosen?.version ?? 0;
  const problem = (field: string) =>
    fault instanceof ApiError ? fault.problem.fields?.find((one) => one.field === field)?.message : undefined;
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Profile name"
          required
          value={input.name}
          error={problem('name')}
          onChange={(event) => onChange({ ...input, name: event.currentTarget.value })}
        />
        <Textarea
          label="Profile description"
          autosize
          minRows={1}
          value={input.description ?? ''}
          onChange={(event) => onChange({ ...input, description: event.currentTarget.value })}
        />
        <Select
          label="Transform map"
          required
          allowDeselect={false}
          data={(maps.data ?? []).map((map) => map.name)}
          value={input.transformMap}
          error={problem('transformMap')}
          onChange={(name) => onChange({ ...input, transformMap: name ?? '', transformMapVersion: undefined })}
        />
        {versions > 0 && (
          <Select
            label="Version"
            allowDeselect={false}
            data={[
              { value: NEWEST, label: 'Always the newest' },
              ...Array.from({ length: versions }, (_, i) => ({
                value: String(versions - i),
                label: `Version ${versions - i}`,
              })),
            ]}
            value={input.transformMapVersion === undefined ? NEWEST : String(input.transformMapVersion)}
            onChange={(version) =>
              onChange({ ...input, transformMapVersion: version === NEWEST || !version ? undefined : Number(version) })
            }
          />
        )}
      </SimpleGrid>
      <Switch
        label={input.active ? 'Active' : 'Inactive: it runs neither by its schedule nor by hand'}
        checked={input.active ?? true}
        onChange={(event) => onChange({ ...input, active: event.currentTarget.checked })}
      />
      <ScheduleForm
        schedule={input.schedule ?? NO_SCHEDULE}
        onChange={(schedule) => onChange({ ...input, schedule })}
      />
    </Stack>
  );
}
