import { Badge, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Empty, Failure, Loading } from '../common/states';
import { dataModels, type ModelSummary } from './queries';

const KINDS = [
  { kind: 'SOURCE', title: 'Source models', about: 'What connectors read, as their vendors name it.' },
  { kind: 'TARGET', title: 'Target models', about: 'What the inventory keeps.' },
] as const;

export default function DataModelsPage() {
  const list = useQuery(dataModels());
  return (
    <Page title="Data models" about="The fields that transform maps read and fill.">
      {list.isPending ? (
        <Loading what="data models" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : list.data.length === 0 ? (
        <section className="card">
          <Empty title="No data models">
            Connectors bring them. This server was built without any connector; look into its log.
          </Empty>
        </section>
      ) : (
        KINDS.map(({ kind, title, about }) => (
          <Stack key={kind} gap="xs">
            <div>
              <Title order={2}>{title}</Title>
              <Text size="sm" c="dimmed">
                {about}
              </Text>
            </div>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              {list.data
                .filter((model) => model.kind === kind)
                .map((model) => (
                  <Card key={model.id} model={model} />
                ))}
            </SimpleGrid>
          </Stack>
        ))
      )}
    </Page>
  );
}

function Card({ model }: { model: ModelSummary }) {
  return (
    <section className="card" style={{ padding: 16 }} aria-label={model.name}>
      <TextLink to="/data-models/$modelId" params={{ modelId: model.id }} fw={600} fz="md">
        {model.name}
      </TextLink>
      <Text size="sm" mt={4}>
        {model.description}
      </Text>
      {model.connector && (
        <Badge variant="default" radius="sm" tt="none" mt="sm">
          {model.connector}
        </Badge>
      )}
    </section>
  );
}
