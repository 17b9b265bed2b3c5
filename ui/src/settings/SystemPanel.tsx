import { Anchor, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, ask } from '../api/client';
import { Fact } from '../common/Fact';
import { Failure, Loading } from '../common/states';

/** Whether the server is well, and where to look further. */
export function SystemPanel() {
  const ready = useQuery({
    queryKey: ['ready'],
    queryFn: ({ signal }) => ask(api.GET('/health/ready', { signal })),
    refetchInterval: 10_000,
  });
  if (ready.isPending) {
    return <Loading what="the system's state" />;
  }
  return (
    <Stack maw={720}>
      {ready.isError && <Failure fault={ready.error} retry={() => ready.refetch()} />}
      <section className="card" style={{ padding: 20 }} aria-label="System">
        <SimpleGrid cols={2}>
          <Fact name="Server">{ready.data ? 'Ready: it reaches its database' : 'Not ready'}</Fact>
          <Fact name="Metrics for Prometheus">
            <Anchor href="/metrics" size="sm">
              /metrics
            </Anchor>
          </Fact>
          <Fact name="Description of the API">
            <Anchor href="/openapi.yaml" size="sm">
              /openapi.yaml
            </Anchor>
          </Fact>
        </SimpleGrid>
      </section>
    </Stack>
  );
}
