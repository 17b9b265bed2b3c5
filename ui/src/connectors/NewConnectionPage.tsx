import { Button, Group, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask } from '../api/client';
import { Page } from '../common/Page';
import { Failure, Loading } from '../common/states';
import { blank, ConnectionForm, TestReport, useSettingsTest } from '../connections/ConnectionForm';
import { type Connector, connectors } from '../connections/queries';

const route = getRouteApi('/inside/connectors/$connectorId/new');

export default function NewConnectionPage() {
  const { connectorId } = route.useParams();
  const known = useQuery(connectors());
  const connector = known.data?.find((candidate) => candidate.id === connectorId);
  return (
    <Page title={`New ${connector?.product ?? connectorId} connection`}>
      {connector ? (
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
  const [input, setInput] = useState(() => blank(connector));
  const queries = useQueryClient();
  const navigate = useNavigate();
  const test = useSettingsTest();
  const create = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/connections', { body: input })),
    onSuccess: (saved) => {
      queries.invalidateQueries({ queryKey: ['connections'] });
      navigate({ to: '/connections/$connectionId', params: { connectionId: String(saved.id) } });
    },
  });
  return (
    <Stack maw={860}>
      <section className="card" style={{ padding: 20 }} aria-label="Profile and connectivity">
        <ConnectionForm connector={connector} input={input} onChange={setInput} fault={test.error ?? create.error} />
      </section>
      <TestReport test={test.data} fault={test.error} />
      {create.isError && <Failure fault={create.error} />}
      <Group>
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate(input)}>
          Test connection
        </Button>
        <Button disabled={!test.data?.passed} loading={create.isPending} onClick={() => create.mutate()}>
          Save
        </Button>
      </Group>
    </Stack>
  );
}
