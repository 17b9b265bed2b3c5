import { Group, SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Column, DataTable } from '../common/DataTable';
import { TextLink } from '../common/links';
import { Severity } from '../common/Severity';
import { Empty, Failure, Loading } from '../common/states';
import { type FindingGroup, findingGroups, type Grouping } from './queries';

const GROUPINGS: { value: Grouping; label: string }[] = [
  { value: 'CVE', label: 'CVE' },
  { value: 'ASSET', label: 'Asset' },
  { value: 'SEVERITY', label: 'Severity' },
  { value: 'OPERATING_SYSTEM', label: 'Operating system' },
];

/** What the address says of the grouping, if it says something that is one. */
export function grouping(text: string | undefined): Grouping | undefined {
  return GROUPINGS.find((known) => known.value === text)?.value;
}

type ControlProps = { by: Grouping | undefined; onChange: (by: Grouping | undefined) => void };

export function GroupBy({ by, onChange }: ControlProps) {
  return (
    <Group gap="xs" wrap="nowrap">
      <Text size="sm" c="dimmed" id="group-by" style={{ whiteSpace: 'nowrap' }}>
        Group by
      </Text>
      <SegmentedControl
        aria-labelledby="group-by"
        size="xs"
        data={[{ value: 'NONE', label: 'None' }, ...GROUPINGS]}
        value={by ?? 'NONE'}
        onChange={(value) => onChange(grouping(value))}
      />
    </Group>
  );
}

const SHOWN = 1000;

type Props = { query: string; by: Grouping; onOpen: (group: FindingGroup) => void };

/** The groups of what a query finds; each leads to its findings. */
export function FindingGroups({ query, by, onOpen }: Props) {
  const groups = useQuery(findingGroups(query, by, SHOWN));
  const columns = useMemo(() => columnsOf(by), [by]);
  if (groups.isPending) {
    return <Loading what="groups" />;
  }
  if (groups.isError) {
    return <Failure fault={groups.error} retry={() => groups.refetch()} />;
  }
  const { items, total, openOnly } = groups.data;
  return (
    <>
      <Text size="sm" c="dimmed" className="number" role="status">
        {total > items.length && `the first ${items.length.toLocaleString()} of `}
        {total.toLocaleString()} {total === 1 ? 'group' : 'groups'}
        {openOnly && ' of open findings'}
      </Text>
      {items.length === 0 ? (
        <Empty title="No finding fits the query">
          {openOnly
            ? 'Without a word on the status, only open findings are grouped. Widen the query, or clear it.'
            : 'Widen it, or clear it to see every finding.'}
        </Empty>
      ) : (
        <DataTable
          name="Groups of findings"
          columns={columns}
          rows={items}
          rowKey={(group) => group.query}
          more={false}
          loadingMore={false}
          loadMore={() => {}}
          onOpen={onOpen}
        />
      )}
    </>
  );
}

function columnsOf(by: Grouping): Column<FindingGroup>[] {
  const first: Column<FindingGroup> = {
    id: 'value',
    title: GROUPINGS.find((known) => known.value === by)?.label ?? '',
    width: 280,
    render: (group) => (
      <TextLink to="/findings" search={{ query: group.query }} fw={500}>
        {name(by, group)}
      </TextLink>
    ),
  };
  const findings: Column<FindingGroup> = {
    id: 'findings',
    title: 'Findings',
    width: 120,
    right: true,
    render: (group) => group.findings.toLocaleString(),
  };
  const hosts: Column<FindingGroup> = {
    id: 'hosts',
    title: 'Hosts',
    width: 120,
    right: true,
    render: (group) => (group.hostsCounted ? '' : 'at least ') + group.hosts.toLocaleString(),
  };
  const query: Column<FindingGroup> = {
    id: 'query',
    title: 'Query that lists them',
    width: 420,
    render: (group) => (
      <Text span c="dimmed" size="xs" ff="monospace" truncate title={group.query}>
        {group.query}
      </Text>
    ),
  };
  switch (by) {
    case 'CVE':
      return [
        first,
        {
          id: 'severity',
          title: 'Severity',
          width: 130,
          render: (group) => <Severity level={group.severity} />,
        },
        findings,
        hosts,
        query,
      ];
    case 'ASSET':
      return [
        first,
        findings,
        {
          id: 'open',
          title: 'Its page',
          width: 140,
          render: (group) => (
            <TextLink to="/assets/$assetId" params={{ assetId: String(group.assetId) }}>
              Show the asset
            </TextLink>
          ),
        },
        query,
      ];
    default:
      return [first, findings, hosts, query];
  }
}

function name(by: Grouping, group: FindingGroup) {
  switch (by) {
    case 'CVE':
      return group.value ?? 'No CVE';
    case 'ASSET':
      return group.value ?? `Asset ${group.assetId}`;
    case 'SEVERITY':
      return group.severity ? <Severity level={group.severity} /> : 'No severity';
    default:
      return group.value ?? 'No operating system';
  }
}
