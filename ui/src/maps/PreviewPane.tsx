import {
  ActionIcon,
  Alert,
  Badge,
  Group,
  Loader,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { TextLink } from '../common/links';
import { Empty, Failure, Loading } from '../common/states';
import { READABLE } from './alerts';
import { JsonView } from './JsonView';
import { leadsThrough } from './json';
import classes from './Preview.module.css';
import type { Chosen, Previewed } from './preview';
import type { Preview } from './queries';

type Pointed = { side: 'RECORD' | 'DOCUMENT'; path: string };

type Props = {
  previewed: Previewed;
  /** The rows behind the value that is pointed at, by their numbers from 1. */
  onRows: (rows: number[]) => void;
  onOpenRow: (row: number) => void;
};

/** Beside the editor: the record, or what became of it. */
export function PreviewPane(props: Props) {
  const [side, show] = useState<'DOCUMENT' | 'RECORD'>('DOCUMENT');
  const trace = useTrace(props);
  return (
    <section className={`card ${classes.pane}`} aria-label="Preview">
      <Stack gap={8} className={classes.head}>
        <RecordChoice chosen={props.previewed.chosen} waiting={props.previewed.waiting} narrow />
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Shown"
          value={side}
          onChange={(value) => show(value as typeof side)}
          data={[
            { value: 'DOCUMENT', label: 'Resulting document' },
            { value: 'RECORD', label: 'Source record' },
          ]}
        />
      </Stack>
      <Body previewed={props.previewed}>
        {(preview) => (
          <>
            <Notices preview={preview} previewed={props.previewed} />
            {side === 'DOCUMENT' ? (
              <ResultView trace={trace} preview={preview} />
            ) : (
              <RecordView trace={trace} preview={preview} />
            )}
            <Origin trace={trace} />
          </>
        )}
      </Body>
    </section>
  );
}

/** The whole window: record at the left, document beside it, what is missing in it at the right. */
export function WidePreview(props: Props) {
  const trace = useTrace(props);
  return (
    <Stack gap="sm" style={{ flex: 1, minHeight: 0 }}>
      <RecordChoice chosen={props.previewed.chosen} waiting={props.previewed.waiting} />
      <Body previewed={props.previewed}>
        {(preview) => (
          <>
            <Notices preview={preview} previewed={props.previewed} />
            <div className={classes.wide}>
              <section className={`card ${classes.pane}`} aria-label="Source record">
                <Text fw={600} size="sm" className={classes.head}>
                  Source record
                  {preview.runId !== undefined && (
                    <>
                      {' '}
                      of{' '}
                      <TextLink to="/runs/$runId" params={{ runId: String(preview.runId) }}>
                        run {preview.runId}
                      </TextLink>
                    </>
                  )}
                </Text>
                <RecordView trace={trace} preview={preview} />
              </section>
              <section className={`card ${classes.pane}`} aria-label="Resulting document">
                <Text fw={600} size="sm" className={classes.head}>
                  Resulting document
                </Text>
                <ResultView trace={trace} preview={preview} />
                <Origin trace={trace} />
              </section>
              <section className={`card ${classes.pane}`} aria-label="Not in the document">
                <Text fw={600} size="sm" className={classes.head}>
                  Not in the document
                </Text>
                <Dropped preview={preview} />
              </section>
            </div>
          </>
        )}
      </Body>
    </Stack>
  );
}

type Trace = ReturnType<typeof useTrace>;

/** What belongs together: a value of the document, the rows that made it, and what they read. */
function useTrace({ previewed, onRows, onOpenRow }: Props) {
  const [pointed, setPointed] = useState<Pointed>();
  const values = previewed.preview?.values;
  const origins = useMemo(() => (pointed && values ? behind(values, pointed) : []), [pointed, values]);
  const point = (side: Pointed['side'], path: string | undefined) => {
    const next = path === undefined ? undefined : { side, path };
    setPointed(next);
    const found = next && values ? behind(values, next) : [];
    onRows([...new Set(found.flatMap((origin) => origin.rows.map((row) => row.row)))]);
  };
  return { pointed, origins, point, onOpenRow };
}

function behind(values: Preview['values'], { side, path }: Pointed) {
  return values.filter((origin) =>
    side === 'DOCUMENT'
      ? leadsThrough(path, origin.target)
      : origin.rows.some((row) => leadsThrough(path, row.source) || leadsThrough(row.source, path)),
  );
}

function ResultView({ trace, preview }: { trace: Trace; preview: Preview }) {
  const { pointed, origins } = trace;
  return preview.document === undefined ? (
    <Empty title="There is no document">The record would go to quarantine; the reason stands above.</Empty>
  ) : (
    <JsonView
      name="Resulting document"
      value={preview.document}
      isLit={(path) =>
        pointed?.side === 'RECORD'
          ? origins.some((origin) => leadsThrough(path, origin.target))
          : pointed?.path === path
      }
      onPoint={(path) => trace.point('DOCUMENT', path)}
      onChoose={(path) => {
        const row = preview.values.find((origin) => leadsThrough(path, origin.target))?.rows[0]?.row;
        if (row !== undefined) {
          trace.onOpenRow(row);
        }
      }}
    />
  );
}

function RecordView({ trace, preview }: { trace: Trace; preview: Preview }) {
  const { pointed, origins } = trace;
  return (
    <JsonView
      name="Source record"
      value={preview.record}
      isLit={(path) =>
        pointed?.side === 'DOCUMENT'
          ? origins.some((origin) => origin.rows.some((row) => leadsThrough(path, row.source)))
          : pointed?.path === path
      }
      onPoint={(path) => trace.point('RECORD', path)}
    />
  );
}

const SAID = 4;

function Origin({ trace: { pointed, origins } }: { trace: Trace }) {
  const rows = origins.flatMap((origin) => origin.rows.map((row) => ({ ...row, target: origin.target })));
  return (
    <div className={classes.origin} aria-live="polite">
      {!pointed ? (
        <Text size="xs" c="dimmed">
          Point at a value to see the row behind it.
        </Text>
      ) : rows.length === 0 ? (
        <Text size="xs" c="dimmed">
          No row {pointed.side === 'RECORD' ? 'made anything of' : 'stands behind'} {pointed.path}.
        </Text>
      ) : (
        rows.slice(0, SAID).map((row) => (
          <div key={`${row.row} ${row.source} ${row.target}`}>
            Row {row.row}: <span className={classes.name}>{row.source}</span> →{' '}
            <span className={classes.name}>{row.target}</span>
          </div>
        ))
      )}
    </div>
  );
}

function Body({ previewed, children }: { previewed: Previewed; children: (preview: Preview) => React.ReactNode }) {
  const { chosen, preview, fault, waiting, outdated, retry } = previewed;
  if (chosen.connectionId === undefined) {
    return (
      <Empty title="No record to try it on" action={<TextLink to="/connectors">Set up a connection</TextLink>}>
        The preview takes a record that a run of a connection fetched.
      </Empty>
    );
  }
  if (fault) {
    return (
      <div style={{ padding: 8 }}>
        <Failure fault={fault} retry={retry} />
      </div>
    );
  }
  if (preview) {
    return children(preview);
  }
  if (outdated) {
    return <Empty title="The map has errors">Once they are mended, this shows what it makes of a record.</Empty>;
  }
  return waiting ? <Loading what="the preview" /> : null;
}

function Notices({ preview, previewed }: { preview: Preview; previewed: Previewed }) {
  const problems = [...preview.problems, ...preview.droppedFindings.flatMap((finding) => finding.problems)];
  const grouped = together(problems);
  if (!previewed.outdated && problems.length === 0) {
    return null;
  }
  return (
    <Stack gap={6} p={8} style={{ maxHeight: 220, overflow: 'auto', flex: 'none' }}>
      {previewed.outdated && (
        <Alert flex="none" variant="light" color="yellow" p="xs">
          The map has errors. This is what it made of the record before.
        </Alert>
      )}
      {preview.rejected && (
        <Alert
          styles={READABLE}
          flex="none"
          variant="light"
          color="red"
          p="xs"
          title="The record would go to quarantine"
        />
      )}
      {preview.droppedFindings.length > 0 && (
        <Alert flex="none" variant="light" color="red" p="xs">
          {preview.droppedFindings.length === 1
            ? 'One finding would go to quarantine.'
            : `${preview.droppedFindings.length.toLocaleString()} findings would go to quarantine.`}
        </Alert>
      )}
      {grouped.slice(0, SAID).map(({ problem, count }) => (
        <Text
          size="xs"
          key={`${problem.row} ${problem.target} ${problem.value} ${problem.reason}`}
          style={{ overflowWrap: 'anywhere', flex: 'none' }}
        >
          <b>Row {problem.row}</b>, {problem.source} → {problem.target}: <code>{problem.value || 'nothing'}</code>:{' '}
          {problem.reason}
          {count > 1 && ` (${count.toLocaleString()} times)`}
        </Text>
      ))}
      {grouped.length > SAID && (
        <Text size="xs" c="dimmed" style={{ flex: 'none' }}>
          … and {(grouped.length - SAID).toLocaleString()} more.
        </Text>
      )}
    </Stack>
  );
}

type Problem = Preview['problems'][number];

/** The same problem of many elements, once with its count. */
function together(problems: Problem[]): { problem: Problem; count: number }[] {
  const groups = new Map<string, { problem: Problem; count: number }>();
  for (const problem of problems) {
    const key = JSON.stringify([problem.row, problem.target.replace(/\[\d+\]/g, '[]'), problem.value, problem.reason]);
    const group = groups.get(key);
    groups.set(key, { problem: group?.problem ?? problem, count: (group?.count ?? 0) + 1 });
  }
  return [...groups.values()];
}

function Dropped({ preview }: { preview: Preview }) {
  const grouped = useMemo(() => {
    const groups = new Map<string, { source: string; reason: string; row?: number | undefined; values: string[] }>();
    for (const one of preview.dropped) {
      const source = one.source.replace(/\[\d+\]/g, '[]');
      const key = `${source} ${one.row} ${one.reason}`;
      const group = groups.get(key) ?? { source, reason: one.reason, row: one.row, values: [] };
      group.values.push(JSON.stringify(one.value));
      groups.set(key, group);
    }
    return [...groups.values()];
  }, [preview.dropped]);
  if (grouped.length === 0) {
    return (
      <Text size="sm" c="dimmed" p="sm">
        Every value of the record is in the document.
      </Text>
    );
  }
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
      tabIndex={0}
      aria-label="Values that are not in the document"
      style={{ overflow: 'auto', padding: '4px 10px' }}
    >
      {grouped.map((group) => (
        <div key={`${group.source} ${group.row} ${group.reason}`} style={{ padding: '5px 0' }}>
          <Group gap={6} wrap="nowrap">
            <Text size="xs" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
              {group.source}
            </Text>
            {group.values.length > 1 && (
              <Badge size="xs" variant="default" className="number">
                {group.values.length}
              </Badge>
            )}
          </Group>
          <Text size="xs" ff="monospace" c="dimmed" lineClamp={2} style={{ overflowWrap: 'anywhere' }}>
            {group.values[0]}
          </Text>
          <Text size="xs" c="dimmed">
            {group.row === undefined ? '' : `Row ${group.row}: `}
            {group.reason}
          </Text>
        </div>
      ))}
    </section>
  );
}

function RecordChoice({ chosen, waiting, narrow }: { chosen: Chosen; waiting: boolean; narrow?: boolean }) {
  const { record, chooseRecord } = chosen;
  const [typed, type] = useState(record);
  const number = /^[1-9]\d*$/.test(record) ? Number(record) : undefined;
  const go = (to: string) => {
    type(to);
    chooseRecord(to);
  };
  return (
    <Group gap={6} wrap={narrow ? 'wrap' : 'nowrap'} align="flex-end">
      <Select
        size="xs"
        label={narrow ? undefined : 'Connection'}
        aria-label="Connection"
        w={narrow ? '100%' : 240}
        placeholder="No connection"
        disabled={chosen.connections.length === 0}
        allowDeselect={false}
        data={chosen.connections.map((one) => ({ value: String(one.id), label: one.name }))}
        value={chosen.connectionId === undefined ? null : String(chosen.connectionId)}
        onChange={(value) => value !== null && chosen.chooseConnection(Number(value))}
      />
      <form
        style={{ flex: narrow ? 1 : undefined, minWidth: 0 }}
        onSubmit={(event) => {
          event.preventDefault();
          chooseRecord(typed.trim());
        }}
      >
        <TextInput
          size="xs"
          label={narrow ? undefined : 'Record number or host name'}
          aria-label="Record number or host name"
          placeholder="Number or host name"
          w={narrow ? undefined : 240}
          value={typed}
          rightSection={waiting ? <Loader size={12} /> : undefined}
          onChange={(event) => type(event.currentTarget.value)}
          onBlur={() => typed.trim() && chooseRecord(typed.trim())}
        />
      </form>
      <ActionIcon.Group>
        <ActionIcon
          variant="default"
          size={30}
          aria-label="Previous record"
          disabled={number === undefined || number === 1}
          onClick={() => number !== undefined && go(String(number - 1))}
        >
          <IconChevronLeft size={15} />
        </ActionIcon>
        <ActionIcon variant="default" size={30} aria-label="Next record" onClick={() => go(String((number ?? 0) + 1))}>
          <IconChevronRight size={15} />
        </ActionIcon>
      </ActionIcon.Group>
    </Group>
  );
}
