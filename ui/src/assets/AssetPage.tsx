import {
  Alert,
  Anchor,
  Badge,
  Code,
  Group,
  SimpleGrid,
  Stack,
  Table,
  Tabs,
  Text,
  Timeline,
  Title,
} from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import type { Schemas } from '../api/client';
import { Card } from '../common/Card';
import { Fact } from '../common/Fact';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { SEVERITIES, Severity } from '../common/Severity';
import { Empty, Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { FindingDrawer } from '../findings/FindingDrawer';
import { FindingsTable } from '../findings/FindingsTable';
import type { Finding } from '../findings/queries';
import { AssetStatus } from './AssetsPage';
import { History } from './History';
import { assetDetail, rawRecord } from './queries';
import { Splits } from './Splits';

const route = getRouteApi('/inside/assets/$assetId');

type Detail = Schemas['AssetDetail'];

export default function AssetPage() {
  const assetId = Number(route.useParams().assetId);
  const { tab = 'summary' } = route.useSearch();
  const navigate = useNavigate();
  const detail = useQuery(assetDetail(assetId));
  if (detail.isPending) {
    return <Loading what="the asset" />;
  }
  if (detail.isError) {
    return (
      <Page title={`Asset ${assetId}`}>
        <Failure fault={detail.error} retry={() => detail.refetch()} />
      </Page>
    );
  }
  const { asset, records, identification } = detail.data;
  return (
    <Page
      title={asset.name ?? `Asset ${asset.id}`}
      fill={tab === 'findings'}
      about={
        <Group gap="xs" mt={4}>
          <AssetStatus status={asset.status} />
          <span>{[asset.operatingSystem?.name, asset.operatingSystem?.version].filter(Boolean).join(' ')}</span>
          <span>·</span>
          <TextLink to="/assets">All assets</TextLink>
        </Group>
      }
    >
      <Tabs
        value={tab}
        onChange={(wanted) =>
          navigate({
            to: '/assets/$assetId',
            params: { assetId: String(assetId) },
            search: { tab: wanted === 'summary' || wanted === null ? undefined : wanted },
            replace: true,
          })
        }
        keepMounted={false}
        style={tab === 'findings' ? { display: 'flex', flexDirection: 'column', flex: 1, minHeight: 0 } : undefined}
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="summary">Summary</Tabs.Tab>
          <Tabs.Tab value="findings" rightSection={<Counted count={asset.openFindings.total} />}>
            Findings
          </Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
          <Tabs.Tab value="sources" rightSection={<Counted count={records.length} />}>
            Sources
          </Tabs.Tab>
          <Tabs.Tab value="identification" rightSection={<Counted count={identification.length} />}>
            Identification log
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="summary">
          <Summary detail={detail.data} />
        </Tabs.Panel>
        <Tabs.Panel
          value="findings"
          style={{ display: 'flex', flexDirection: 'column', gap: 12, flex: 1, minHeight: 0 }}
        >
          <Findings assetId={assetId} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <History assetId={assetId} />
        </Tabs.Panel>
        <Tabs.Panel value="sources">
          <Stack>
            {records.map((record) => (
              <Source key={record.id} assetId={assetId} record={record} />
            ))}
            <Splits assetId={assetId} records={records} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="identification">
          <IdentificationLog detail={detail.data} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Counted({ count }: { count: number }) {
  return (
    <Badge size="xs" variant="default" className="number">
      {count.toLocaleString()}
    </Badge>
  );
}

function Summary({ detail }: { detail: Detail }) {
  const { asset, customAttributes } = detail;
  const attributes = Object.entries(customAttributes);
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Card title="Host">
        <SimpleGrid cols={2} spacing="sm">
          <Fact name="Name">{asset.name ?? '–'}</Fact>
          <Fact name="Domain">{asset.domain ?? '–'}</Fact>
          <Fact name="Operating system">{asset.operatingSystem?.name ?? '–'}</Fact>
          <Fact name="Version">{asset.operatingSystem?.version ?? '–'}</Fact>
          <Fact name="Type">{asset.type ?? '–'}</Fact>
          <Fact name="Cloud">{asset.cloudProvider ?? '–'}</Fact>
          <Fact name="Sources">{asset.sources.join(', ')}</Fact>
          <Fact name="Number here">{asset.id}</Fact>
        </SimpleGrid>
      </Card>
      <Card title="Dates">
        <SimpleGrid cols={2} spacing="sm">
          <Fact name="First seen by the source">
            <Time at={asset.firstFoundBySource} />
          </Fact>
          <Fact name="First found by us">
            <Time at={detail.firstFound} />
          </Fact>
          <Fact name="Last found">
            <Time at={asset.lastFound} />
          </Fact>
          <Fact name="Retired on">
            <Time at={detail.retiredOn} />
          </Fact>
        </SimpleGrid>
      </Card>
      <Card title="Open findings">
        <Group gap="lg">
          {SEVERITIES.map(({ level, name, count }) => (
            <Stack key={level} gap={2} align="flex-start">
              <TextLink
                to="/findings"
                search={{
                  query: `asset.id:${asset.id} and finding.severity:${name} and finding.status:[NEW, ACTIVE, REOPENED]`,
                }}
                fw={650}
                fz="xl"
                lh={1.1}
                aria-label={`${asset.openFindings[count]} ${name}`}
              >
                {asset.openFindings[count].toLocaleString()}
              </TextLink>
              <Severity level={level} />
            </Stack>
          ))}
        </Group>
      </Card>
      <Card title="Interfaces">
        <SimpleGrid cols={2} spacing="sm">
          <Fact name="IP addresses">
            {asset.addresses.length === 0 ? '–' : asset.addresses.map((address) => <div key={address}>{address}</div>)}
          </Fact>
          <Fact name="MAC addresses">
            {asset.macAddresses.length === 0 ? '–' : asset.macAddresses.map((mac) => <div key={mac}>{mac}</div>)}
          </Fact>
        </SimpleGrid>
      </Card>
      {attributes.length > 0 && (
        <Card title="Custom attributes">
          <Table withRowBorders={false} verticalSpacing={4} aria-label="Custom attributes">
            <Table.Tbody>
              {attributes.map(([name, value]) => (
                <Table.Tr key={name}>
                  <Table.Th fw={400} c="dimmed" w={180} scope="row">
                    {name}
                  </Table.Th>
                  <Table.Td>{Array.isArray(value) ? value.join(', ') : String(value)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Card>
      )}
    </SimpleGrid>
  );
}

function Findings({ assetId }: { assetId: number }) {
  const [sort, setSort] = useState('severity');
  const [opened, setOpened] = useState<string>();
  const open = useCallback((finding: Finding) => setOpened(finding.id), []);
  return (
    <>
      <FindingsTable
        ofOneAsset
        query={`asset.id:${assetId}`}
        sort={sort}
        onSort={setSort}
        onOpen={open}
        empty={<Empty title="No findings">No connection reports a vulnerability on this host.</Empty>}
      />
      <FindingDrawer findingId={opened} onClose={() => setOpened(undefined)} />
    </>
  );
}

function Source({ assetId, record }: { assetId: number; record: Schemas['SourceRecord'] }) {
  const [raw, showRaw] = useState(false);
  return (
    <section className="card" style={{ padding: 16 }} aria-label={`Source ${record.connection}`}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>
          {record.product} · {record.connection}
        </Title>
        <Anchor component="button" type="button" size="sm" onClick={() => showRaw(!raw)}>
          {raw ? 'Show the mapped document' : 'Show the record as the vendor sent it'}
        </Anchor>
      </Group>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" mb="sm">
        <Fact name="The vendor's key">{record.nativeKey}</Fact>
        <Fact name="First found">
          <Time at={record.firstFound} />
        </Fact>
        <Fact name="Last found">
          <Time at={record.lastFound} />
        </Fact>
        <Fact name="Last seen in run">{record.lastSeenRunId}</Fact>
      </SimpleGrid>
      {raw ? <Raw assetId={assetId} recordId={record.id} /> : <Json value={record.document} name="Mapped document" />}
    </section>
  );
}

function Raw({ assetId, recordId }: { assetId: number; recordId: number }) {
  const raw = useQuery(rawRecord(assetId, recordId));
  if (raw.isPending) {
    return <Loading what="the record" />;
  }
  if (raw.isError) {
    return <Failure fault={raw.error} />;
  }
  return <Json value={raw.data.record} name={`Record as run ${raw.data.runId} fetched it`} />;
}

function Json({ value, name }: { value: unknown; name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
    <section aria-label={name} tabIndex={0} style={{ maxHeight: 420, overflow: 'auto' }}>
      <Code block>{JSON.stringify(value, null, 2)}</Code>
    </section>
  );
}

function IdentificationLog({ detail }: { detail: Detail }) {
  const { identification, records } = detail;
  if (identification.length === 0) {
    return (
      <Empty title="No decisions are kept">They are written with each run that finds the host new or moved.</Empty>
    );
  }
  return (
    <Stack>
      <Alert variant="light" color="gray">
        Why these {records.length === 1 ? 'values are' : `${records.length} source records are`} this one host. The
        oldest decision comes first.
      </Alert>
      <Timeline bulletSize={14} lineWidth={2}>
        {identification.map((decision) => (
          <Timeline.Item key={`${decision.recordId}-${decision.runId}-${decision.at}`} title={decision.text}>
            <Text size="xs" c="dimmed" component="div">
              Run {decision.runId} · <Time at={decision.at} /> ·{' '}
              {records.find((record) => record.id === decision.recordId)?.connection ?? `record ${decision.recordId}`}
            </Text>
            {Object.entries(decision.matched).map(([attribute, values]) => (
              <Text size="sm" key={attribute}>
                {attribute}: <Code>{values.join(', ')}</Code>
              </Text>
            ))}
          </Timeline.Item>
        ))}
      </Timeline>
    </Stack>
  );
}
