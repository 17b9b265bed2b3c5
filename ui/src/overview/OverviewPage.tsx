import { Group, SimpleGrid, Skeleton, Stack, Table, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useMemo } from 'react';
import { Card } from '../common/Card';
import { ButtonLink, TextLink } from '../common/links';
import { Page } from '../common/Page';
import { SEVERITIES, Severity } from '../common/Severity';
import { Empty, Failure, Loading } from '../common/states';
import { FromNow } from '../common/Time';
import { ConnectionState } from '../connections/ConnectionState';
import { connections } from '../connections/queries';
import { LastRun } from '../runs/LastRun';
import { useMayChange } from '../signin/ManagersOnly';
import { OPEN, type Overview, overview } from './queries';

const Chart = lazy(() => import('./Chart'));

export default function OverviewPage() {
  const state = useQuery(overview());
  const mayChange = useMayChange();
  if (state.isPending) {
    return <Loading what="the overview" />;
  }
  if (state.isError) {
    return (
      <Page title="Overview">
        <Failure fault={state.error} retry={() => state.refetch()} />
      </Page>
    );
  }
  const figures = state.data;
  if (figures.activeAssets + figures.retiredAssets === 0) {
    return (
      <Page title="Overview">
        <section className="card">
          <Empty
            title="The inventory is empty"
            action={
              mayChange && (
                <ButtonLink to="/connectors/$connectorId/new" params={{ connectorId: 'cortex-xdr' }} size="sm" mt="xs">
                  Connect Cortex XDR
                </ButtonLink>
              )
            }
          >
            Connect a Cortex XDR tenant. Its hosts and their vulnerabilities appear here with the first run.
          </Empty>
        </section>
        <Connectors />
      </Page>
    );
  }
  return (
    <Page
      title="Overview"
      about={
        <>
          As of <FromNow at={figures.at} />
        </>
      }
    >
      <Figures figures={figures} />
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Card title="Findings opened, fixed and reopened by day">
          <Days days={figures.days} />
        </Card>
        <Card title="Age of open findings">
          <Ages ages={figures.ages} />
        </Card>
        <Card title="CVEs open on most hosts">
          <WidestCves cves={figures.widestCves} />
        </Card>
        <Card title="Hosts with most critical findings">
          <CriticalHosts hosts={figures.criticalHosts} />
        </Card>
      </SimpleGrid>
      <Connectors />
    </Page>
  );
}

function Figure({
  value,
  query,
  to,
  children,
}: {
  value: number;
  query: string;
  to: '/assets' | '/findings';
  children: ReactNode;
}) {
  return (
    <Stack gap={4} align="flex-start">
      <TextLink to={to} search={{ query }} fz={26} fw={680} lh={1.1} className="number" title={query}>
        {value.toLocaleString()}
      </TextLink>
      {children}
    </Stack>
  );
}

function Figures({ figures }: { figures: Overview }) {
  const { openFindings } = figures;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Card title="Assets">
        <Group gap={48}>
          <Figure value={figures.activeAssets} to="/assets" query="asset.status:Active">
            <Text size="sm">active</Text>
          </Figure>
          <Figure value={figures.retiredAssets} to="/assets" query="asset.status:Retired">
            <Text size="sm">retired</Text>
          </Figure>
        </Group>
      </Card>
      <Card title="Open findings">
        <Group gap={36}>
          <Figure value={openFindings.total} to="/findings" query={OPEN}>
            <Text size="sm">in all</Text>
          </Figure>
          {SEVERITIES.map(({ level, name, count }) => (
            <Figure
              key={level}
              value={openFindings[count]}
              to="/findings"
              query={`finding.severity:${name} and ${OPEN}`}
            >
              <Severity level={level} />
            </Figure>
          ))}
        </Group>
      </Card>
    </SimpleGrid>
  );
}

function Days({ days }: { days: Overview['days'] }) {
  const labels = useMemo(() => days.map((day) => day.day), [days]);
  const series = useMemo(
    () => [
      { name: 'Opened', color: '#d9480f', values: days.map((day) => day.opened) },
      { name: 'Fixed', color: '#0ca678', values: days.map((day) => day.fixed) },
      { name: 'Reopened', color: '#b3123f', values: days.map((day) => day.reopened) },
    ],
    [days],
  );
  const last = days.at(-1);
  return (
    <>
      <Suspense fallback={<Skeleton height={240} />}>
        <Chart days={labels} series={series} height={240} label="Findings opened, fixed and reopened by day" />
      </Suspense>
      {last && (
        <Text size="sm" c="dimmed">
          On {last.day} (UTC):{' '}
          <TextLink to="/findings" search={{ query: `finding.firstFoundDate:${last.day}` }}>
            {last.opened.toLocaleString()} opened
          </TextLink>
          ,{' '}
          <TextLink to="/findings" search={{ query: `finding.lastFixedDate:${last.day}` }}>
            {last.fixed.toLocaleString()} fixed
          </TextLink>
          ,{' '}
          <TextLink to="/findings" search={{ query: 'finding.status:REOPENED' }}>
            {last.reopened.toLocaleString()} reopened
          </TextLink>
        </Text>
      )}
    </>
  );
}

function ageQuery({ fromDays, toDays }: Overview['ages'][number]): string {
  const parts = [OPEN];
  if (fromDays > 0) {
    parts.push(`finding.firstFoundDate <= now-${fromDays}d`);
  }
  if (toDays !== undefined) {
    parts.push(`finding.firstFoundDate > now-${toDays}d`);
  }
  return parts.join(' and ');
}

function Ages({ ages }: { ages: Overview['ages'] }) {
  const most = Math.max(1, ...ages.map((age) => age.openFindings));
  return (
    <Table withRowBorders={false} verticalSpacing={7} horizontalSpacing={0} aria-label="Age of open findings">
      <Table.Tbody>
        {ages.map((age) => (
          <Table.Tr key={age.fromDays}>
            <Table.Th fw={400} w={130} scope="row">
              {age.toDays === undefined ? `${age.fromDays} days and more` : `${age.fromDays} to ${age.toDays} days`}
            </Table.Th>
            <Table.Td>
              <Bar share={age.openFindings / most} />
            </Table.Td>
            <Table.Td ta="right" w={90}>
              <TextLink to="/findings" search={{ query: ageQuery(age) }} className="number" title={ageQuery(age)}>
                {age.openFindings.toLocaleString()}
              </TextLink>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Bar({ share, color = 'var(--mantine-primary-color-filled)' }: { share: number; color?: string }) {
  return (
    <div
      aria-hidden
      style={{ height: 10, borderRadius: 5, width: `${Math.max(share > 0 ? 1 : 0, 100 * share)}%`, background: color }}
    />
  );
}

function WidestCves({ cves }: { cves: Overview['widestCves'] }) {
  if (cves.length === 0) {
    return <Text c="dimmed">No finding is open.</Text>;
  }
  const most = cves[0]?.openFindings ?? 1;
  return (
    <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0} aria-label="CVEs open on most hosts">
      <Table.Tbody>
        {cves.map((cve) => (
          <Table.Tr key={cve.cveId}>
            <Table.Th fw={500} w={170} scope="row">
              <TextLink to="/findings" search={{ query: `finding.cveId:\`${cve.cveId}\` and ${OPEN}` }}>
                {cve.cveId}
              </TextLink>
            </Table.Th>
            <Table.Td w={100}>
              <Severity level={cve.severity} />
            </Table.Td>
            <Table.Td>
              <Bar
                share={cve.openFindings / most}
                color={SEVERITIES.find((severity) => severity.level === cve.severity)?.color ?? '#738096'}
              />
            </Table.Td>
            <Table.Td ta="right" w={80} className="number">
              {cve.openFindings.toLocaleString()}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function CriticalHosts({ hosts }: { hosts: Overview['criticalHosts'] }) {
  if (hosts.length === 0) {
    return <Text c="dimmed">No host has a critical finding open.</Text>;
  }
  const most = hosts[0]?.critical ?? 1;
  return (
    <Table
      withRowBorders={false}
      verticalSpacing={4}
      horizontalSpacing={0}
      aria-label="Hosts with most critical findings"
    >
      <Table.Tbody>
        {hosts.map((host) => (
          <Table.Tr key={host.assetId}>
            <Table.Th fw={500} w={200} scope="row">
              <TextLink to="/assets/$assetId" params={{ assetId: String(host.assetId) }}>
                {host.name ?? `Asset ${host.assetId}`}
              </TextLink>
            </Table.Th>
            <Table.Td>
              <Bar share={host.critical / most} color={SEVERITIES[0].color} />
            </Table.Td>
            <Table.Td ta="right" w={80}>
              <TextLink
                to="/findings"
                search={{ query: `asset.id:${host.assetId} and finding.severity:Critical and ${OPEN}` }}
                className="number"
              >
                {host.critical.toLocaleString()}
              </TextLink>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Connectors() {
  const list = useQuery(connections());
  return (
    <Card title="Connections">
      {list.isPending ? (
        <Loading what="connections" />
      ) : list.isError ? (
        <Failure fault={list.error} retry={() => list.refetch()} />
      ) : list.data.length === 0 ? (
        <Text c="dimmed">None yet.</Text>
      ) : (
        <Table withRowBorders={false} verticalSpacing={6} horizontalSpacing={0} aria-label="Connections">
          <Table.Tbody>
            {list.data.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Th fw={500} scope="row">
                  <TextLink to="/connections/$connectionId" params={{ connectionId: String(one.id) }}>
                    {one.name}
                  </TextLink>
                </Table.Th>
                <Table.Td>
                  <ConnectionState state={one.state} />
                </Table.Td>
                <Table.Td>
                  <LastRun runId={one.lastRunId} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  );
}
