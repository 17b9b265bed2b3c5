import { Checkbox, Group, Input, SimpleGrid, Stack, Switch, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ApiError, api, ask } from '../api/client';
import { NetworkSection, SettingFields } from '../connections/ConnectionForm';
import { NO_SCHEDULE, ScheduleForm } from '../connections/ScheduleForm';
import type { Destination, DestinationInput, DestinationKind } from './queries';

export function blankDestination(kind: DestinationKind): DestinationInput {
  const values: Record<string, string> = {};
  for (const field of kind.fields) {
    const first = field.choices[0];
    if (field.type === 'ENUM' && first) {
      values[field.key] = first;
    }
  }
  return {
    name: '',
    description: '',
    kind: kind.id,
    values,
    secrets: {},
    network: {},
    active: true,
    afterRuns: !kind.takesEvents,
    schedule: NO_SCHEDULE,
  };
}

export function ofDestination(destination: Destination): DestinationInput {
  return {
    name: destination.name,
    description: destination.description,
    kind: destination.kind,
    values: { ...destination.values },
    secrets: {},
    network: { ...destination.network },
    active: destination.active,
    afterRuns: destination.afterRuns,
    schedule: destination.schedule,
  };
}

/** What is left empty is left out: the server takes it for not given. */
export function trimmed(input: DestinationInput): DestinationInput {
  return { ...input, values: Object.fromEntries(Object.entries(input.values).filter(([, value]) => value !== '')) };
}

/** Tries settings, saved or not. */
export function useDestinationTest(saved?: Destination) {
  return useMutation({
    mutationFn: (input: DestinationInput) =>
      saved && Object.keys(input.secrets ?? {}).length === 0
        ? ask(
            api.POST('/api/v1/destinations/{destinationId}/test', {
              params: { path: { destinationId: saved.id } },
            }),
          )
        : ask(api.POST('/api/v1/destination-tests', { body: trimmed(input) })),
  });
}

type Props = {
  kind: DestinationKind;
  input: DestinationInput;
  onChange: (input: DestinationInput) => void;
  saved?: Destination;
  fault?: unknown;
};

/** The settings of a destination, by what its kind asks for, and when it is delivered to. */
export function DestinationForm({ kind, input, onChange, saved, fault }: Props) {
  const problem = (field: string) =>
    fault instanceof ApiError ? fault.problem.fields?.find((one) => one.field === field)?.message : undefined;
  const change = (part: Partial<DestinationInput>) => onChange({ ...input, ...part });
  // what belongs to the other way of signing in, or the other target, would only confuse
  const shown = kind.fields.filter((field) => isWanted(field.key, input.values));
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <TextInput
          label="Name"
          required
          value={input.name}
          error={problem('name')}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <Textarea
          label="Description"
          autosize
          minRows={1}
          value={input.description}
          error={problem('description')}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
      </SimpleGrid>
      <SettingFields
        fields={shown}
        values={input.values}
        secrets={input.secrets ?? {}}
        secretsSet={saved?.secretsSetAt !== undefined}
        problem={problem}
        onValues={(values) => change({ values })}
        onSecrets={(secrets) => change({ secrets })}
      />
      {kind.takesEvents ? (
        <Switch
          label="Active"
          description="Changes are told as they happen. What happens while it is inactive is not told later."
          checked={input.active ?? true}
          onChange={(event) => change({ active: event.currentTarget.checked })}
        />
      ) : (
        <Input.Wrapper label="When to deliver">
          <Group mt={6} mb="sm">
            <Switch
              label="Active"
              checked={input.active ?? true}
              onChange={(event) => change({ active: event.currentTarget.checked })}
            />
            <Checkbox
              label="After each run that wrote to the inventory"
              checked={input.afterRuns ?? false}
              onChange={(event) => change({ afterRuns: event.currentTarget.checked })}
            />
          </Group>
          <ScheduleForm
            none="No schedule"
            schedule={input.schedule ?? NO_SCHEDULE}
            onChange={(schedule) => change({ schedule })}
          />
        </Input.Wrapper>
      )}
      <NetworkSection network={input.network ?? {}} onChange={(network) => change({ network })} />
    </Stack>
  );
}

const ONLY_WITH: Record<string, [field: string, ...choices: string[]]> = {
  username: ['authentication', 'user', 'plain', 'scram-sha-256', 'scram-sha-512'],
  password: ['authentication', 'user', 'plain', 'scram-sha-256', 'scram-sha-512'],
  clientKey: ['authentication', 'certificate'],
  clientCertificates: ['authentication', 'certificate'],
  clientId: ['authentication', 'client'],
  clientSecret: ['authentication', 'client'],
  verificationQuery: ['findings', 'community'],
  directory: ['target', 'directory'],
  bucket: ['target', 's3'],
  prefix: ['target', 's3'],
  region: ['target', 's3'],
  endpoint: ['target', 's3'],
  accessKeyId: ['target', 's3'],
  secretAccessKey: ['target', 's3'],
};

function isWanted(key: string, values: Record<string, string>): boolean {
  const condition = ONLY_WITH[key];
  if (!condition) {
    return true;
  }
  const [field, ...choices] = condition;
  const chosen = values[field];
  return chosen === undefined || choices.includes(chosen);
}
