import { Group } from '@mantine/core';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ExportMenu } from '../common/ExportMenu';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Empty } from '../common/states';
import { QqlBar } from '../qql/QqlBar';
import { FindingDrawer } from './FindingDrawer';
import { FindingGroups, GroupBy, grouping } from './FindingGroups';
import { FindingsTable } from './FindingsTable';
import type { Finding } from './queries';

const route = getRouteApi('/inside/findings');

export default function FindingsPage() {
  const { query = '', sort = 'severity', finding, group } = route.useSearch();
  const by = grouping(group);
  const navigate = useNavigate();
  const go = useCallback(
    (change: { query?: string; sort?: string; finding?: string | undefined; group?: string | undefined }) =>
      navigate({
        to: '/findings',
        search: (old) => ({ ...old, ...change, query: (change.query ?? query) || undefined }),
      }),
    [navigate, query],
  );
  const open = useCallback((chosen: Finding) => go({ finding: chosen.id }), [go]);
  return (
    <Page title="Findings" fill>
      <QqlBar
        subject="FINDING"
        query={query}
        hint="finding.vendorProductName:`Cortex XDR`"
        onSearch={(wanted) => go({ query: wanted })}
      />
      <Group>
        <GroupBy by={by} onChange={(wanted) => go({ group: wanted })} />
      </Group>
      {by ? (
        <FindingGroups query={query} by={by} onOpen={(chosen) => go({ query: chosen.query, group: undefined })} />
      ) : (
        <FindingsTable
          query={query}
          sort={sort}
          onSort={(wanted) => go({ sort: wanted })}
          onOpen={open}
          actions={<ExportMenu of="findings" query={query} />}
          empty={
            query ? (
              <Empty title="No finding fits the query">Widen it, or clear it to see every finding.</Empty>
            ) : (
              <Empty title="No findings yet" action={<TextLink to="/connectors">Set up a connection</TextLink>}>
                Findings appear here with the first run of a connection that takes vulnerabilities.
              </Empty>
            )
          }
        />
      )}
      <FindingDrawer findingId={finding} onClose={() => go({ finding: undefined })} />
    </Page>
  );
}
