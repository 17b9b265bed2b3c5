import { Button, Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { ButtonLink } from '../common/links';
import { Page } from '../common/Page';
import { Failure, Loading } from '../common/states';
import { TestReport } from '../connections/ConnectionForm';
import { blankDestination, DestinationForm, trimmed, useDestinationTest } from './DestinationForm';
import { type DestinationKind, destinationKinds } from './queries';

export default function NewDestinationPage() {
  const kinds = useQuery(destinationKinds());
  return (
    <Page title="New destination" about="Test the settings first: nothing of the inventory is sent by that.">
      {kinds.isPending ? (
        <Loading what="the kinds of destinations" />
      ) : kinds.isError ? (
        <Failure fault={kinds.error} retry={() => kinds.refetch()} />
      ) : (
        <Form kinds={kinds.data} />
      )}
    </Page>
  );
}

function Form({ kinds }: { kinds: DestinationKind[] }) {
  const [kind, setKind] = useState(kinds[0]);
  const [input, setInput] = useState(() => kind && blankDestination(kind));
  const queries = useQueryClient();
  const navigate = useNavigate();
  const test = useDestinationTest();
  const save = useMutation({
    mutationFn: (body: NonNullable<typeof input>) => ask(api.POST('/api/v1/destinations', { body: trimmed(body) })),
    onSuccess: (made) => {
      queries.invalidateQueries({ queryKey: ['destinations'] });
      navigate({ to: '/delivery/$destinationId', params: { destinationId: String(made.id) } });
    },
  });
  if (!kind || !input) {
    return null;
  }
  return (
    <Stack maw={860}>
      <Radio.Group
        aria-label="Kind of destination"
        value={kind.id}
        onChange={(id) => {
          const chosen = kinds.find((one) => one.id === id);
          if (chosen) {
            setKind(chosen);
            setInput({ ...blankDestination(chosen), name: input.name, description: input.description ?? '' });
            test.reset();
            save.reset();
          }
        }}
      >
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {kinds.map((one) => (
            <Radio.Card key={one.id} value={one.id} p="md" radius="md">
              <Group wrap="nowrap" align="flex-start">
                <Radio.Indicator />
                <div>
                  <Text fw={600} size="sm">
                    {one.title}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {one.description}
                  </Text>
                </div>
              </Group>
            </Radio.Card>
          ))}
        </SimpleGrid>
      </Radio.Group>
      <section className="card" style={{ padding: 20 }} aria-label="Settings">
        <DestinationForm kind={kind} input={input} onChange={setInput} fault={save.error ?? test.error} />
      </section>
      {save.isError && <Failure fault={save.error} />}
      <TestReport test={test.data} fault={test.error} what="destination" />
      <Group>
        <Button loading={save.isPending} onClick={() => save.mutate(input)}>
          Create
        </Button>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(input)}>
          Test settings
        </Button>
        <ButtonLink to="/delivery" variant="subtle">
          Cancel
        </ButtonLink>
      </Group>
    </Stack>
  );
}
