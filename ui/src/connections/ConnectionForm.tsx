import {
  Alert,
  Button,
  Checkbox,
  Collapse,
  Group,
  List,
  NumberInput,
  PasswordInput,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  ThemeIcon,
} from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconChevronDown, IconChevronRight, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, api, ask, type Schemas } from '../api/client';
import { Failure } from '../common/states';
import { FINDING_TYPES } from './findingTypes';
import type { Connection, ConnectionInput, Connector } from './queries';

type Test = Schemas['ConnectionTest'];

export function blank(connector: Connector): ConnectionInput {
  return {
    name: '',
    description: '',
    connector: connector.id,
    findingTypes: [...connector.findingTypes],
    defaultProfile: false,
    values: {},
    secrets: {},
    network: {},
  };
}

export function ofConnection(connection: Connection): ConnectionInput {
  return {
    name: connection.name,
    description: connection.description,
    connector: connection.connector,
    findingTypes: [...connection.findingTypes],
    defaultProfile: false,
    values: { ...connection.values },
    secrets: {},
    network: { ...connection.network },
  };
}

type Props = {
  connector: Connector;
  input: ConnectionInput;
  onChange: (input: ConnectionInput) => void;
  /** Says that its credentials were entered before; an empty field keeps them. */
  saved?: Connection;
  /** What the server says about single fields. */
  fault?: unknown;
};

/** The settings of a connection, by what its connector asks for. */
export function ConnectionForm({ connector, input, onChange, saved, fault }: Props) {
  const problem = (field: string) =>
    fault instanceof ApiError
      ? fault.problem.fields?.find((one) => one.field === field || one.field.endsWith(`.${field}`))?.message
      : undefined;
  const change = (part: Partial<ConnectionInput>) => onChange({ ...input, ...part });
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
      <Checkbox.Group
        label="Findings type"
        required
        value={input.findingTypes}
        error={problem('findingTypes')}
        onChange={(types) => change({ findingTypes: types as ConnectionInput['findingTypes'] })}
      >
        <Group mt={6}>
          {connector.findingTypes.map((type) => (
            <Checkbox key={type} value={type} label={FINDING_TYPES[type]} />
          ))}
        </Group>
      </Checkbox.Group>
      <SettingFields
        fields={connector.authFields}
        values={input.values}
        secrets={input.secrets ?? {}}
        secretsSet={saved?.secretsSetAt !== undefined}
        problem={problem}
        onValues={(values) => change({ values })}
        onSecrets={(secrets) => change({ secrets })}
      />
      <NetworkSection network={input.network ?? {}} onChange={(network) => change({ network })} />
    </Stack>
  );
}

type FieldsProps = {
  fields: Schemas['AuthField'][];
  values: Record<string, string>;
  secrets: Record<string, string>;
  /** Credentials were entered before; an empty field keeps them. */
  secretsSet: boolean;
  problem: (field: string) => string | undefined;
  onValues: (values: Record<string, string>) => void;
  onSecrets: (secrets: Record<string, string>) => void;
};

/** Settings as a connector or a kind of destination describes them. */
export function SettingFields({ fields, values, secrets, secretsSet, problem, onValues, onSecrets }: FieldsProps) {
  return (
    <>
      {fields.map((field) => {
        const common = {
          label: field.name,
          description: field.description,
          required: field.required && !(field.type === 'ENCRYPTED_STRING' && secretsSet),
          error: problem(field.key),
        };
        if (field.type === 'ENCRYPTED_STRING') {
          return (
            <PasswordInput
              key={field.key}
              {...common}
              autoComplete="off"
              placeholder={secretsSet ? 'Set. Leave empty to keep it.' : undefined}
              value={secrets[field.key] ?? ''}
              onChange={(event) => {
                const { [field.key]: _, ...others } = secrets;
                const value = event.currentTarget.value;
                onSecrets(value ? { ...others, [field.key]: value } : others);
              }}
            />
          );
        }
        const set = (value: string) => onValues({ ...values, [field.key]: value });
        return field.type === 'ENUM' ? (
          <Select
            key={field.key}
            {...common}
            data={field.choices}
            value={values[field.key] ?? null}
            onChange={(value) => set(value ?? '')}
          />
        ) : (
          <TextInput
            key={field.key}
            {...common}
            value={values[field.key] ?? ''}
            onChange={(event) => set(event.currentTarget.value)}
          />
        );
      })}
    </>
  );
}

/** Network options, behind a button: they are seldom needed. */
export function NetworkSection({
  network,
  onChange,
}: {
  network: NetworkOptions;
  onChange: (network: NetworkOptions) => void;
}) {
  const [shown, show] = useState(false);
  return (
    <div>
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={shown ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
        aria-expanded={shown}
        onClick={() => show(!shown)}
      >
        Network options
      </Button>
      <Collapse expanded={shown}>
        <Network network={network} onChange={onChange} />
      </Collapse>
    </div>
  );
}

type NetworkOptions = NonNullable<ConnectionInput['network']>;

function Network({ network, onChange }: { network: NetworkOptions; onChange: (network: NetworkOptions) => void }) {
  const number = (value: string | number) => (value === '' ? undefined : Number(value));
  const proxy = network.proxy;
  return (
    <Stack pt="sm">
      <SimpleGrid cols={{ base: 1, sm: 2, md: 4 }}>
        <NumberInput
          label="Requests per second"
          min={0.1}
          value={network.requestsPerSecond ?? ''}
          onChange={(value) => onChange({ ...network, requestsPerSecond: number(value) })}
        />
        <NumberInput
          label="Requests at a time"
          min={1}
          allowDecimal={false}
          value={network.parallelRequests ?? ''}
          onChange={(value) => onChange({ ...network, parallelRequests: number(value) })}
        />
        <NumberInput
          label="Connect within (s)"
          min={1}
          value={network.connectTimeoutSeconds ?? ''}
          onChange={(value) => onChange({ ...network, connectTimeoutSeconds: number(value) })}
        />
        <NumberInput
          label="Answer within (s)"
          min={1}
          value={network.responseTimeoutSeconds ?? ''}
          onChange={(value) => onChange({ ...network, responseTimeoutSeconds: number(value) })}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2, md: 4 }}>
        <TextInput
          label="Proxy host"
          value={proxy?.host ?? ''}
          onChange={(event) => {
            const host = event.currentTarget.value;
            onChange({ ...network, proxy: host ? { port: 3128, ...proxy, host } : undefined });
          }}
        />
        <NumberInput
          label="Proxy port"
          min={1}
          max={65535}
          disabled={!proxy}
          value={proxy?.port ?? ''}
          onChange={(value) => proxy && onChange({ ...network, proxy: { ...proxy, port: Number(value) } })}
        />
        <TextInput
          label="Proxy user"
          disabled={!proxy}
          value={proxy?.user ?? ''}
          onChange={(event) =>
            proxy && onChange({ ...network, proxy: { ...proxy, user: event.currentTarget.value || undefined } })
          }
        />
        <PasswordInput
          label="Proxy password"
          disabled={!proxy}
          autoComplete="off"
          value={proxy?.password ?? ''}
          onChange={(event) =>
            proxy && onChange({ ...network, proxy: { ...proxy, password: event.currentTarget.value || undefined } })
          }
        />
      </SimpleGrid>
      <Textarea
        label="Certificates to trust beside the usual ones (PEM)"
        autosize
        minRows={2}
        maxRows={8}
        value={network.caCertificatesPem ?? ''}
        onChange={(event) => onChange({ ...network, caCertificatesPem: event.currentTarget.value || undefined })}
      />
    </Stack>
  );
}

/** Tries settings against the vendor, saved or not. */
export function useSettingsTest(saved?: Connection) {
  return useMutation({
    mutationFn: (input: ConnectionInput): Promise<Test> =>
      saved && Object.keys(input.secrets ?? {}).length === 0
        ? ask(api.POST('/api/v1/connections/{connectionId}/test', { params: { path: { connectionId: saved.id } } }))
        : ask(api.POST('/api/v1/connection-tests', { body: input })),
  });
}

const LOOKS = {
  PASSED: { color: 'teal', icon: IconCheck, words: 'Passed' },
  WARNING: { color: 'yellow', icon: IconAlertTriangle, words: 'Warning' },
  FAILED: { color: 'red', icon: IconX, words: 'Failed' },
} as const;

/** What a test of settings found, check by check. */
export function TestReport({
  test,
  fault,
  what = 'connection',
}: {
  test: Test | undefined;
  fault: unknown;
  what?: string;
}) {
  if (fault) {
    return <Failure fault={fault} />;
  }
  if (!test) {
    return null;
  }
  return (
    <Alert
      variant="light"
      color={test.passed ? 'teal' : 'red'}
      title={test.passed ? `The ${what} works` : `The ${what} does not work yet`}
      role="status"
    >
      <List spacing="xs" size="sm" center listStyleType="none">
        {test.checks.map((check) => {
          const { color, icon: Icon, words } = LOOKS[check.outcome];
          return (
            <List.Item
              key={check.name}
              icon={
                <ThemeIcon size={20} radius="xl" color={color} aria-label={words}>
                  <Icon size={13} />
                </ThemeIcon>
              }
            >
              <b>{check.name}.</b> {check.message}
              {check.fix && <Text size="sm">{check.fix}</Text>}
            </List.Item>
          );
        })}
      </List>
      {test.notices?.map((notice) => (
        <Text size="sm" mt="xs" key={notice}>
          {notice}
        </Text>
      ))}
    </Alert>
  );
}
