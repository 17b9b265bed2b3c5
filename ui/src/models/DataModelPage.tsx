import { Group, Select, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Failure, Loading } from '../common/states';
import { connections } from '../connections/queries';
import { ModelTree } from './ModelTree';
import { dataModel, type Model } from './queries';
import { allFields } from './tree';

const route = getRouteApi('/inside/data-models/$modelId');

export default function DataModelPage() {
  const { modelId } = route.useParams();
  const { connection } = route.useSearch();
  const model = useQuery({ ...dataModel(modelId, connection), placeholderData: keepPreviousData });
  if (model.isPending) {
    return <Loading what="the data model" />;
  }
  if (model.isError) {
    return (
      <Page title="Data model">
        <Failure fault={model.error} retry={() => model.refetch()} />
        <TextLink to="/data-models">All data models</TextLink>
      </Page>
    );
  }
  return <Content model={model.data} />;
}

function Content({ model }: { model: Model }) {
  const { search = '', field, connection } = route.useSearch();
  const navigate = useNavigate();
  const go = (change: { search?: string | undefined; field?: string | undefined; connection?: number | undefined }) =>
    navigate({
      to: '/data-models/$modelId',
      params: { modelId: model.id },
      search: { search: search || undefined, field, connection, ...change },
      replace: true,
      resetScroll: false,
    });
  return (
    <Page
      fill
      title={model.name}
      about={
        <>
          {model.description}{' '}
          <span className="number">
            {allFields(model.fields).length} fields{' · '}
          </span>
          <TextLink to="/data-models" underline="always">
            All data models
          </TextLink>
        </>
      }
      actions={
        model.kind === 'SOURCE' && (
          <Examples model={model} connection={connection} onChange={(chosen) => go({ connection: chosen })} />
        )
      }
    >
      <section className="card" style={{ display: 'flex', flexDirection: 'column', flex: 1, minHeight: 0 }}>
        <ModelTree
          wide
          name={model.name}
          fields={model.fields}
          search={search}
          onSearch={(words) => go({ search: words || undefined })}
          picked={field}
          onPick={(picked) => go({ field: picked.path })}
        />
      </section>
    </Page>
  );
}

function Examples({
  model,
  connection,
  onChange,
}: {
  model: Model;
  connection: number | undefined;
  onChange: (connection: number | undefined) => void;
}) {
  const list = useQuery(connections());
  const fitting = list.data?.filter((one) => one.connector === model.connector) ?? [];
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Text size="xs" c="dimmed" ta="right" miw={150} maw={220}>
        {model.examplesFromRun ? (
          <>
            Example values are from{' '}
            <TextLink to="/runs/$runId" params={{ runId: String(model.examplesFromRun) }} fz="xs" underline="always">
              run {model.examplesFromRun}
            </TextLink>
          </>
        ) : (
          'Example values are the model’s own, until a run fetches real ones'
        )}
      </Text>
      {fitting.length > 0 && (
        <Select
          size="xs"
          w={240}
          style={{ flex: 'none' }}
          aria-label="Example values from"
          placeholder="Newest of any connection"
          clearable
          data={fitting.map((one) => ({ value: String(one.id), label: one.name }))}
          value={connection === undefined ? null : String(connection)}
          onChange={(value) => onChange(value === null ? undefined : Number(value))}
        />
      )}
    </Group>
  );
}
