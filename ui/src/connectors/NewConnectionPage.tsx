import { Button, Checkbox, Group, List, SimpleGrid, Stack, Stepper, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { Fact } from '../common/Fact';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { blank, ConnectionForm, TestReport, useSettingsTest } from '../connections/ConnectionForm';
import { FINDING_TYPES } from '../connections/findingTypes';
import { blankProfile, ProfileForm, type ProfileInput } from '../connections/ProfileForm';
import { type ConnectionInput, type Connector, connectors } from '../connections/queries';
import { NO_SCHEDULE, ScheduleWords } from '../connections/ScheduleForm';
import { useMayChange } from '../signin/ManagersOnly';

const route = getRouteApi('/inside/connectors/$connectorId/new');

export default function NewConnectionPage() {
  const { connectorId } = route.useParams();
  const known = useQuery(connectors());
  const mayChange = useMayChange();
  const connector = known.data?.find((candidate) => candidate.id === connectorId);
  return (
    <Page title={`New ${connector?.product ?? connectorId} connection`}>
      {!mayChange ? (
        <Empty title="Only a Manager may set up a connection">Ask one, or have your role changed.</Empty>
      ) : connector ? (
        <Wizard connector={connector} />
      ) : known.isError ? (
        <Failure fault={known.error} retry={() => known.refetch()} />
      ) : (
        <Loading what="the connector" />
      )}
    </Page>
  );
}

function Wizard({ connector }: { connector: Connector }) {
  const [step, setStep] = useState(0);
  const [input, setInput] = useState(() => blank(connector));
  const [tested, setTested] = useState<ConnectionInput>();
  const [profile, setProfile] = useState(() => ({
    ...blankProfile(connector.transformMaps[0] ?? ''),
    name: 'Default',
  }));
  const [runNow, setRunNow] = useState(true);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const test = useSettingsTest();
  const works = test.data?.passed === true && tested === input;
  const create = useMutation({
    mutationFn: async () => {
      const saved = await ask(api.POST('/api/v1/connections', { body: input }));
      const first = saved.profiles[0];
      const made = first
        ? await ask(
            api.PUT('/api/v1/profiles/{profileId}', { params: { path: { profileId: first.id } }, body: profile }),
          )
        : await ask(
            api.POST('/api/v1/connections/{connectionId}/profiles', {
              params: { path: { connectionId: saved.id } },
              body: profile,
            }),
          );
      if (runNow && made.active) {
        await ask(api.POST('/api/v1/profiles/{profileId}/runs', { params: { path: { profileId: made.id } } }));
      }
      return saved;
    },
    onSuccess: (saved) => {
      queries.invalidateQueries({ queryKey: ['connections'] });
      navigate({ to: '/connections/$connectionId', params: { connectionId: String(saved.id) } });
    },
    // A connection that was saved before its profile was refused is on the list; the notice says what is left to do.
    onError: () => queries.invalidateQueries({ queryKey: ['connections'] }),
  });
  return (
    <Stack maw={920}>
      <Stepper active={step} onStepClick={setStep} allowNextStepsSelect={false} size="sm">
        <Stepper.Step label="Profile & connectivity">
          <Stack>
            <section className="card" style={{ padding: 20 }} aria-label="Profile and connectivity">
              <ConnectionForm connector={connector} input={input} onChange={setInput} fault={test.error} />
            </section>
            <SetupSteps connector={connector} />
            <TestReport test={tested === input ? test.data : undefined} fault={test.error} />
            <Group>
              <Button
                variant={works ? 'default' : 'filled'}
                loading={test.isPending}
                onClick={() => {
                  setTested(input);
                  test.mutate(input);
                }}
              >
                Test connection
              </Button>
              <Button disabled={!works} onClick={() => setStep(1)}>
                Next
              </Button>
              {!works && (
                <Text size="sm" c="dimmed">
                  The test must succeed to go on.
                </Text>
              )}
            </Group>
          </Stack>
        </Stepper.Step>
        <Stepper.Step label="Scope & schedule">
          <Stack>
            <section className="card" style={{ padding: 20 }} aria-label="Scope and schedule">
              <ProfileForm input={profile} onChange={setProfile} fault={create.error} />
            </section>
            <Group>
              <Button variant="default" onClick={() => setStep(0)}>
                Back
              </Button>
              <Button disabled={!profile.name.trim() || !profile.transformMap} onClick={() => setStep(2)}>
                Next
              </Button>
            </Group>
          </Stack>
        </Stepper.Step>
        <Stepper.Step label="Review & confirm">
          <Stack>
            <section className="card" style={{ padding: 20 }} aria-label="Review and confirm">
              <Review connector={connector} input={input} profile={profile} />
            </section>
            {profile.active && (
              <Checkbox
                label="Run it now"
                checked={runNow}
                onChange={(event) => setRunNow(event.currentTarget.checked)}
              />
            )}
            {create.isError && <Failure fault={create.error} />}
            <Group>
              <Button variant="default" onClick={() => setStep(1)}>
                Back
              </Button>
              <Button loading={create.isPending} onClick={() => create.mutate()}>
                Create the connection
              </Button>
            </Group>
          </Stack>
        </Stepper.Step>
      </Stepper>
    </Stack>
  );
}

function SetupSteps({ connector }: { connector: Connector }) {
  return (
    <Text component="div" size="sm" c="dimmed">
      First, at {connector.vendor}:
      <List type="ordered" size="sm">
        {connector.setupSteps.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </Text>
  );
}

function Review({
  connector,
  input,
  profile,
}: {
  connector: Connector;
  input: ConnectionInput;
  profile: ProfileInput;
}) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="md">
      <Fact name="Name">{input.name}</Fact>
      <Fact name="Description">{input.description || '–'}</Fact>
      <Fact name="Findings type">{input.findingTypes.map((type) => FINDING_TYPES[type]).join(', ')}</Fact>
      {connector.authFields.map((field) => (
        <Fact key={field.key} name={field.name}>
          {field.type === 'ENCRYPTED_STRING'
            ? input.secrets?.[field.key]
              ? 'set, stored encrypted, never shown again'
              : 'not set'
            : input.values[field.key] || '–'}
        </Fact>
      ))}
      <Fact name="Profile">
        {profile.name}
        {!profile.active && ' (Inactive)'}
      </Fact>
      <Fact name="Transform map">
        {profile.transformMap}
        {profile.transformMapVersion !== undefined && `, version ${profile.transformMapVersion}`}
      </Fact>
      <Fact name="Schedule">
        <ScheduleWords schedule={profile.schedule ?? NO_SCHEDULE} />
      </Fact>
    </SimpleGrid>
  );
}
