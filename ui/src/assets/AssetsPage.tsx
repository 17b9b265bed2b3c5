import { Badge, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Column, DataTable, useColumns } from '../common/DataTable';
import { ExportMenu } from '../common/ExportMenu';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { ResultCount } from '../common/ResultCount';
import { SeverityBar } from '../common/Severity';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { QqlBar } from '../qql/QqlBar';
import { type Asset, assetPages } from './queries';

const route = getRouteApi('/inside/assets');

const COLUMNS: Column<Asset>[] = [
  {
    id: 'name',
    title: 'Asset',
    width: 210,
    order: { name: 'name' },
    render: (asset) => (
      <TextLink to="/assets/$assetId" params={{ assetId: String(asset.id) }} fw={500}>
        {asset.name ?? `Asset ${asset.id}`}
      </TextLink>
    ),
  },
  {
    id: 'os',
    title: 'Operating system',
    width: 230,
    order: { name: 'operatingSystem' },
    render: (asset) => asset.operatingSystem?.name ?? <None />,
  },
  {
    id: 'osVersion',
    title: 'OS version',
    width: 130,
    hidden: true,
    render: (asset) => asset.operatingSystem?.version ?? <None />,
  },
  { id: 'type', title: 'Type', width: 120, hidden: true, render: (asset) => asset.type ?? <None /> },
  { id: 'domain', title: 'Domain', width: 170, hidden: true, render: (asset) => asset.domain ?? <None /> },
  { id: 'addresses', title: 'IP addresses', width: 210, render: (asset) => <Several values={asset.addresses} /> },
  {
    id: 'macs',
    title: 'MAC addresses',
    width: 190,
    hidden: true,
    render: (asset) => <Several values={asset.macAddresses} />,
  },
  { id: 'cloud', title: 'Cloud', width: 100, hidden: true, render: (asset) => asset.cloudProvider ?? <None /> },
  {
    id: 'findings',
    title: 'Open findings',
    width: 210,
    render: (asset) => <SeverityBar counts={asset.openFindings} />,
  },
  { id: 'sources', title: 'Sources', width: 130, render: (asset) => asset.sources.join(', ') },
  { id: 'status', title: 'Status', width: 110, render: (asset) => <AssetStatus status={asset.status} /> },
  {
    id: 'firstFoundBySource',
    title: 'First seen by source',
    width: 180,
    hidden: true,
    order: { name: 'firstFound', descending: true },
    render: (asset) => <Time at={asset.firstFoundBySource} />,
  },
  {
    id: 'lastFound',
    title: 'Last found',
    width: 180,
    order: { name: 'lastFound', descending: true },
    render: (asset) => <Time at={asset.lastFound} />,
  },
  {
    id: 'id',
    title: 'Number',
    width: 90,
    right: true,
    hidden: true,
    order: { name: 'id' },
    render: (asset) => asset.id,
  },
];

export default function AssetsPage() {
  const { query = '', sort = 'name' } = route.useSearch();
  const navigate = useNavigate();
  const pages = useInfiniteQuery(assetPages(query, sort));
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const { shown, button } = useColumns('assets', COLUMNS);
  return (
    <Page title="Assets" fill>
      <QqlBar
        subject="ASSET"
        query={query}
        hint="asset.inventory:(source:`Cortex XDR`)"
        onSearch={(wanted) => navigate({ to: '/assets', search: { query: wanted || undefined, sort } })}
      />
      <Group justify="space-between">
        <ResultCount count={pages.data?.pages[0]?.count} one="asset" many="assets" />
        <Group gap="xs">
          <ExportMenu of="assets" query={query} />
          {button}
        </Group>
      </Group>
      {pages.isPending ? (
        <Loading what="assets" />
      ) : pages.isError && rows.length === 0 ? (
        <Failure fault={pages.error} retry={() => pages.refetch()} />
      ) : rows.length === 0 ? (
        query ? (
          <Empty title="No asset fits the query">Widen it, or clear it to see every asset.</Empty>
        ) : (
          <Empty title="No assets yet" action={<TextLink to="/connectors">Set up a connection</TextLink>}>
            Assets appear here with the first run of a connection.
          </Empty>
        )
      ) : (
        <DataTable
          name="Assets"
          columns={shown}
          rows={rows}
          rowKey={(asset) => asset.id}
          order={sort}
          onOrder={(name) => navigate({ to: '/assets', search: { query: query || undefined, sort: name } })}
          more={pages.hasNextPage}
          loadingMore={pages.isFetchingNextPage}
          loadMore={pages.fetchNextPage}
          onOpen={(asset) => navigate({ to: '/assets/$assetId', params: { assetId: String(asset.id) } })}
        />
      )}
    </Page>
  );
}

function None() {
  return (
    <Text span c="dimmed" inherit>
      –
    </Text>
  );
}

/** The first of several values, and how many more there are. */
function Several({ values }: { values: string[] }) {
  const [first, ...others] = values;
  return first === undefined ? (
    <None />
  ) : (
    <span title={values.join('\n')}>
      {first}
      {others.length > 0 && (
        <Text span c="dimmed" size="xs">
          {' '}
          +{others.length}
        </Text>
      )}
    </span>
  );
}

export function AssetStatus({ status }: { status: Asset['status'] }) {
  return (
    <Badge
      variant="light"
      size="sm"
      radius="sm"
      color={status === 'ACTIVE' ? 'teal' : 'gray'}
      tt="none"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {status === 'ACTIVE' ? 'Active' : 'Retired'}
    </Badge>
  );
}
