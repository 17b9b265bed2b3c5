import { Anchor, Drawer, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Fact } from '../common/Fact';
import { TextLink } from '../common/links';
import { Severity } from '../common/Severity';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { FindingStatus } from './FindingsTable';
import { type Finding, findingDetail } from './queries';

/** One finding: what it is, its dates, and the other hosts that have it. */
export function FindingDrawer({ findingId, onClose }: { findingId: string | undefined; onClose: () => void }) {
  return (
    <Drawer
      opened={findingId !== undefined}
      onClose={onClose}
      position="right"
      size="lg"
      title="Finding"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {findingId && <Content findingId={findingId} />}
    </Drawer>
  );
}

function Content({ findingId }: { findingId: string }) {
  const finding = useQuery(findingDetail(findingId));
  if (finding.isPending) {
    return <Loading what="the finding" />;
  }
  if (finding.isError) {
    return <Failure fault={finding.error} retry={() => finding.refetch()} />;
  }
  return <Details finding={finding.data} />;
}

function Details({ finding }: { finding: Finding }) {
  const name = finding.cveId ?? finding.externalFindingId;
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Text fw={700} size="lg">
          {name}
        </Text>
        <Severity level={finding.severity} />
        <FindingStatus status={finding.status} />
      </Group>
      {finding.title && finding.title !== name && <Text fw={500}>{finding.title}</Text>}
      <Text size="sm" style={{ whiteSpace: 'pre-wrap' }}>
        {finding.description ?? 'The source gives no description.'}
      </Text>
      <SimpleGrid cols={2} spacing="sm">
        <Fact name="Asset">
          <TextLink to="/assets/$assetId" params={{ assetId: String(finding.assetId) }}>
            {finding.assetName ?? `Asset ${finding.assetId}`}
          </TextLink>
        </Fact>
        <Fact name="Source">
          {finding.vendorProductName}
          {finding.connection && ` · ${finding.connection}`}
        </Fact>
        <Fact name="Score by the source">{finding.sourceRiskScore?.toFixed(1) ?? '–'}</Fact>
        <Fact name="Severity in the source's words">{finding.sourceSeverity ?? '–'}</Fact>
        <Fact name="CVE published">
          <Time at={finding.cvePublished} dayOnly />
        </Fact>
        <Fact name="First found by us">
          <Time at={finding.firstFound} />
        </Fact>
        <Fact name="Last found">
          <Time at={finding.lastFound} />
        </Fact>
        <Fact name="Fixed on">
          <Time at={finding.fixedOn} />
        </Fact>
        <Fact name="Reopened on">
          <Time at={finding.reopenedOn} />
        </Fact>
        <Fact name="Number here">{finding.id}</Fact>
      </SimpleGrid>
      {finding.cveId && (
        <Group gap="lg">
          <TextLink to="/assets" search={{ query: `finding.cveId:\`${finding.cveId}\`` }}>
            All hosts that have it
          </TextLink>
          <Anchor
            href={`https://nvd.nist.gov/vuln/detail/${encodeURIComponent(finding.cveId)}`}
            target="_blank"
            rel="noreferrer"
            size="sm"
          >
            <Group gap={4}>
              NVD <IconExternalLink size={14} aria-hidden />
            </Group>
          </Anchor>
          <Anchor
            href={`https://www.cve.org/CVERecord?id=${encodeURIComponent(finding.cveId)}`}
            target="_blank"
            rel="noreferrer"
            size="sm"
          >
            <Group gap={4}>
              CVE record <IconExternalLink size={14} aria-hidden />
            </Group>
          </Anchor>
        </Group>
      )}
    </Stack>
  );
}
