import { Alert, Anchor, Badge, Button, Group, Progress, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../api/client';
import { TextLink } from '../common/links';
import { READABLE } from './alerts';
import { percent } from './percent';

type Result = Schemas['DryRunResult'];

const UNITS: Record<Schemas['FieldFill']['unit'], string> = { HOSTS: 'hosts', VULNERABILITIES: 'vulnerabilities' };

/** What a map would make of a whole snapshot. */
export function DryRunReport({ result, onOpenRow }: { result: Result; onOpenRow: (row: number) => void }) {
  const { assets, findings } = result;
  return (
    <Stack>
      {result.missing.length > 0 && (
        <Alert styles={READABLE} color="yellow" variant="light" title="A replay would close and retire nothing">
          {result.missing.map((sentence) => (
            <div key={sentence}>{sentence}</div>
          ))}
        </Alert>
      )}
      {result.hostDependent && (
        <Alert
          styles={READABLE}
          color="yellow"
          variant="light"
          title="Each host would store its own text of each finding"
        >
          A row into finding[] reads from the host. That works, and takes more room; look at the warnings.
        </Alert>
      )}
      {result.warnings.length > 0 && (
        <Alert styles={READABLE} color="yellow" variant="light" title="Worth knowing">
          {result.warnings.map((warning) => (
            <div key={`${warning.row} ${warning.message}`}>
              {warning.row !== undefined && <RowLink row={warning.row} onOpenRow={onOpenRow} />} {warning.message}
            </div>
          ))}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title="What would become of assets">
          <Figures
            figures={[
              ['new', assets.added],
              ['changed', assets.changed],
              ['unchanged', assets.unchanged],
              ['retired', assets.retired],
              ['back', assets.returned],
              ['merged', assets.merged],
              ['split', assets.split],
              ['to quarantine', result.counts.quarantined],
            ]}
          />
        </Card>
        <Card title="What would become of findings">
          <Figures
            figures={[
              ['opened', findings.opened],
              ['reopened', findings.reopened],
              ['fixed', findings.fixed],
              ['changed', findings.changed],
              ['unchanged', findings.unchanged],
              ['vulnerabilities new', findings.vulnerabilitiesAdded],
              ['vulnerabilities changed', findings.vulnerabilitiesChanged],
            ]}
          />
        </Card>
      </SimpleGrid>
      <Failures failures={result.failures} onOpenRow={onOpenRow} />
      <Changes title="Asset fields that would change" of="Host" changes={assets.changes} />
      <Changes title="Vulnerability fields that would change" of="Vulnerability" changes={findings.changes} />
      <Moves title="Assets that would merge" moves={assets.mergeExamples} all={assets.merged} />
      <Moves title="Assets that would split" moves={assets.splitExamples} all={assets.split} />
      <Fill fill={result.fill} />
    </Stack>
  );
}

function Card({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className="card" style={{ padding: 16 }} aria-label={title}>
      <Group justify="space-between" mb="sm">
        <Title order={3} fz="md">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}

function Figures({ figures }: { figures: [string, number][] }) {
  return (
    <SimpleGrid cols={{ base: 2, sm: 4 }} spacing="sm">
      {figures.map(([name, count]) => (
        <div key={name}>
          <Text fz={20} fw={650} lh={1.2} className="number" c={count === 0 ? 'dimmed' : undefined}>
            {count.toLocaleString()}
          </Text>
          <Text size="xs">{name}</Text>
        </div>
      ))}
    </SimpleGrid>
  );
}

function RowLink({ row, onOpenRow }: { row: number; onOpenRow: (row: number) => void }) {
  return (
    <Anchor component="button" type="button" fz="inherit" onClick={() => onOpenRow(row)}>
      Row {row}
    </Anchor>
  );
}

function Failures({ failures, onOpenRow }: { failures: Result['failures']; onOpenRow: (row: number) => void }) {
  return (
    <Card title="Values that would fail">
      {failures.length === 0 ? (
        <Text size="sm" c="dimmed">
          None: every value fits its target field.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={700}>
          <Table aria-label="Values that would fail" style={{ verticalAlign: 'top' }}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Row</Table.Th>
                <Table.Th>Fields</Table.Th>
                <Table.Th ta="right">How often</Table.Th>
                <Table.Th>Examples</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {failures.map((failure) => (
                <Table.Tr key={failure.row} style={{ verticalAlign: 'top' }}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>
                    <RowLink row={failure.row} onOpenRow={onOpenRow} />
                  </Table.Td>
                  <Table.Td ff="monospace" fz="xs" style={{ overflowWrap: 'anywhere' }}>
                    {failure.source} → {failure.target}
                  </Table.Td>
                  <Table.Td ta="right" className="number">
                    {failure.count.toLocaleString()}
                  </Table.Td>
                  <Table.Td>
                    {failure.examples.map((example) => (
                      <Text size="xs" key={`${example.of} ${example.value}`} style={{ overflowWrap: 'anywhere' }}>
                        <code>{example.value || 'nothing'}</code>
                        {example.of && ` of ${example.of}`}: {example.reason}
                      </Text>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  );
}

function Changes({ title, of, changes }: { title: string; of: string; changes: Schemas['FieldChanges'][] }) {
  if (changes.length === 0) {
    return null;
  }
  return (
    <Card title={title}>
      <Table.ScrollContainer minWidth={700}>
        <Table aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Field</Table.Th>
              <Table.Th ta="right">How often</Table.Th>
              <Table.Th>{of}</Table.Th>
              <Table.Th>Before</Table.Th>
              <Table.Th>After</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {changes.flatMap((change) =>
              change.examples.map((example, index) => (
                <Table.Tr key={`${change.target} ${example.of}`} style={{ verticalAlign: 'top' }}>
                  {index === 0 && (
                    <>
                      <Table.Td rowSpan={change.examples.length} ff="monospace" fz="xs">
                        {change.target}
                      </Table.Td>
                      <Table.Td rowSpan={change.examples.length} ta="right" className="number">
                        {change.count.toLocaleString()}
                      </Table.Td>
                    </>
                  )}
                  <Table.Td fz="xs" style={{ overflowWrap: 'anywhere' }}>
                    {example.of}
                  </Table.Td>
                  <Table.Td>
                    <Value value={example.before} />
                  </Table.Td>
                  <Table.Td>
                    <Value value={example.after} />
                  </Table.Td>
                </Table.Tr>
              )),
            )}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}

function Value({ value }: { value: unknown }) {
  return value === undefined || value === null ? (
    <Text size="xs" c="dimmed">
      nothing
    </Text>
  ) : (
    <Text size="xs" ff="monospace" lineClamp={3} style={{ overflowWrap: 'anywhere' }}>
      {typeof value === 'string' ? value : JSON.stringify(value)}
    </Text>
  );
}

function Moves({ title, moves, all }: { title: string; moves: Schemas['AssetMove'][]; all: number }) {
  if (all === 0) {
    return null;
  }
  return (
    <Card title={title}>
      <Stack gap={6}>
        {moves.map((move) => (
          <Text size="sm" key={`${move.key} ${move.text}`} style={{ overflowWrap: 'anywhere' }}>
            {move.fromAssetId !== undefined && (
              <TextLink to="/assets/$assetId" params={{ assetId: String(move.fromAssetId) }}>
                Asset {move.fromAssetId}
              </TextLink>
            )}
            {move.toAssetId !== undefined && (
              <>
                {' → '}
                <TextLink to="/assets/$assetId" params={{ assetId: String(move.toAssetId) }}>
                  Asset {move.toAssetId}
                </TextLink>
              </>
            )}{' '}
            {move.text}
          </Text>
        ))}
        {all > moves.length && (
          <Text size="sm" c="dimmed">
            … and {(all - moves.length).toLocaleString()} more.
          </Text>
        )}
      </Stack>
    </Card>
  );
}

function Fill({ fill }: { fill: Result['fill'] }) {
  const [all, showAll] = useState(false);
  const shown = all ? fill : fill.filter((field) => field.mapped);
  return (
    <Card
      title="How often each field would be filled"
      aside={
        <Button size="compact-sm" variant="subtle" aria-pressed={all} onClick={() => showAll(!all)}>
          {all ? 'Only fields with a row' : 'Also fields without a row'}
        </Button>
      }
    >
      <Table.ScrollContainer minWidth={600}>
        <Table verticalSpacing={5} withRowBorders={false} aria-label="How often each field would be filled">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Field</Table.Th>
              <Table.Th w="40%">Share</Table.Th>
              <Table.Th ta="right">Filled</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((field) => {
              const share = field.of === 0 ? 0 : (100 * field.filled) / field.of;
              return (
                <Table.Tr key={field.target}>
                  <Table.Td ff="monospace" fz="xs" style={{ overflowWrap: 'anywhere' }}>
                    {field.target}{' '}
                    {!field.mapped && (
                      <Badge variant="default" size="xs" radius="sm" tt="none">
                        no row
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Group gap="xs" wrap="nowrap">
                      <Progress
                        flex={1}
                        size="md"
                        value={share}
                        color={share === 0 ? 'gray' : 'teal'}
                        aria-label={field.target}
                      />
                      <Text size="xs" className="number" w={52} ta="right">
                        {field.of === 0 ? '–' : percent(share)}
                      </Text>
                    </Group>
                  </Table.Td>
                  <Table.Td ta="right" fz="xs" className="number">
                    {field.filled.toLocaleString()} of {field.of.toLocaleString()} {UNITS[field.unit]}
                  </Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  );
}
