import { Anchor, Badge, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import { type Column, DataTable, useColumns } from '../common/DataTable';
import { TextLink } from '../common/links';
import { ResultCount } from '../common/ResultCount';
import { Severity } from '../common/Severity';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { type Finding, findingPages } from './queries';

const STATUS_COLORS = { NEW: 'blue', ACTIVE: 'orange', REOPENED: 'red', FIXED: 'teal' } as const;
const STATUS_WORDS = { NEW: 'New', ACTIVE: 'Active', REOPENED: 'Reopened', FIXED: 'Fixed' } as const;

export function FindingStatus({ status }: { status: Finding['status'] }) {
  return (
    <Badge
      variant="light"
      size="sm"
      radius="sm"
      tt="none"
      color={STATUS_COLORS[status]}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {STATUS_WORDS[status]}
    </Badge>
  );
}

type Props = {
  query: string;
  sort: string;
  onSort: (sort: string) => void;
  onOpen: (finding: Finding) => void;
  /** The host is clear from the page around the table. */
  ofOneAsset?: boolean;
  empty: ReactNode;
  actions?: ReactNode;
};

/** The findings that a query finds. */
export function FindingsTable({ query, sort, onSort, onOpen, ofOneAsset, empty, actions }: Props) {
  const pages = useInfiniteQuery(findingPages(query, sort));
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const columns = useMemo(
    () => COLUMNS(onOpen).filter((column) => !(ofOneAsset && column.id === 'asset')),
    [ofOneAsset, onOpen],
  );
  const { shown, button } = useColumns(ofOneAsset ? 'findings of an asset' : 'findings', columns);
  return (
    <>
      <Group justify="space-between">
        <ResultCount count={pages.data?.pages[0]?.count} one="finding" many="findings" />
        <Group gap="xs">
          {actions}
          {button}
        </Group>
      </Group>
      {pages.isPending ? (
        <Loading what="findings" />
      ) : pages.isError && rows.length === 0 ? (
        <Failure fault={pages.error} retry={() => pages.refetch()} />
      ) : rows.length === 0 ? (
        empty
      ) : (
        <DataTable
          name="Findings"
          columns={shown}
          rows={rows}
          rowKey={(finding) => finding.id}
          order={sort}
          onOrder={onSort}
          more={pages.hasNextPage}
          loadingMore={pages.isFetchingNextPage}
          loadMore={pages.fetchNextPage}
          onOpen={onOpen}
        />
      )}
    </>
  );
}

function COLUMNS(onOpen: (finding: Finding) => void): Column<Finding>[] {
  return [
    {
      id: 'finding',
      title: 'Finding',
      width: 180,
      order: { name: 'cve' },
      render: (finding) => (
        <Anchor component="button" type="button" fz="sm" fw={500} onClick={() => onOpen(finding)}>
          {finding.cveId ?? finding.externalFindingId}
        </Anchor>
      ),
    },
    {
      id: 'severity',
      title: 'Severity',
      width: 120,
      order: { name: 'severity', descending: true },
      render: (finding) => <Severity level={finding.severity} />,
    },
    {
      id: 'score',
      title: 'Score',
      width: 90,
      right: true,
      order: { name: 'sourceRiskScore', descending: true },
      render: (finding) => finding.sourceRiskScore?.toFixed(1) ?? '–',
    },
    { id: 'status', title: 'Status', width: 110, render: (finding) => <FindingStatus status={finding.status} /> },
    {
      id: 'asset',
      title: 'Asset',
      width: 190,
      order: { name: 'asset' },
      render: (finding) => (
        <TextLink to="/assets/$assetId" params={{ assetId: String(finding.assetId) }}>
          {finding.assetName ?? `Asset ${finding.assetId}`}
        </TextLink>
      ),
    },
    {
      id: 'firstFound',
      title: 'First found',
      width: 180,
      order: { name: 'newest', descending: true },
      render: (finding) => <Time at={finding.firstFound} />,
    },
    { id: 'lastFound', title: 'Last found', width: 180, render: (finding) => <Time at={finding.lastFound} /> },
    { id: 'fixedOn', title: 'Fixed on', width: 180, hidden: true, render: (finding) => <Time at={finding.fixedOn} /> },
    {
      id: 'reopenedOn',
      title: 'Reopened on',
      width: 180,
      hidden: true,
      render: (finding) => <Time at={finding.reopenedOn} />,
    },
    {
      id: 'published',
      title: 'CVE published',
      width: 140,
      hidden: true,
      render: (finding) => <Time at={finding.cvePublished} dayOnly />,
    },
    {
      id: 'source',
      title: 'Source',
      width: 140,
      render: (finding) => finding.vendorProductName,
    },
    {
      id: 'description',
      title: 'Description',
      width: 420,
      render: (finding) => (
        <Text span c="dimmed" size="sm" title={finding.description}>
          {finding.description ?? '–'}
        </Text>
      ),
    },
  ];
}
