import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Group,
  Menu,
  SegmentedControl,
  Switch,
  Tabs,
  Text,
  Tooltip,
} from '@mantine/core';
import { useDebouncedValue, useHotkeys, useLocalStorage } from '@mantine/hooks';
import {
  IconAlertCircle,
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCircleCheck,
  IconCopy,
  IconDots,
  IconPencil,
  IconPlayerPlay,
  IconTrash,
} from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi, useBlocker } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from 'react';
import { TextLink } from '../common/links';
import { Page } from '../common/Page';
import { Failure, Loading } from '../common/states';
import { Time } from '../common/Time';
import { dataModel, dataModels } from '../models/queries';
import { allFields } from '../models/tree';
import { ManagersOnly } from '../signin/ManagersOnly';
import { READABLE } from './alerts';
import type { Mark } from './CodeEditor';
import { DryRunTab } from './DryRunTab';
import { type Draft, useDraft } from './draft';
import { useGo } from './go';
import classes from './MapEditor.module.css';
import { CloneMap, DeleteMap } from './MapForms';
import { ReadOnly } from './MapsPage';
import { PreviewPane, WidePreview } from './PreviewPane';
import { type Previewed, usePreview, valuesByRow } from './preview';
import { type MapProblem, mapCheck, type TransformMap, transformMap } from './queries';
import { ReplayMap } from './ReplayMap';
import type { Known } from './RowPanel';
import { RowsEditor } from './RowsEditor';
import { DescribeMap, SaveMap } from './SaveMap';
import { addRow, changeHead, changeRow, type MapText, read, removeRow } from './text';
import { VersionsTab } from './VersionsTab';

const CodeEditor = lazy(() => import('./CodeEditor'));

const route = getRouteApi('/inside/transform-maps/$name');

const NOTHING_WRONG: MapProblem[] = [];

export default function MapPage() {
  const { name } = route.useParams();
  const map = useQuery(transformMap(name));
  if (map.isPending) {
    return <Loading what="the transform map" />;
  }
  if (map.isError) {
    return (
      <Page title={name}>
        <Failure fault={map.error} retry={() => map.refetch()} />
        <TextLink to="/transform-maps">All transform maps</TextLink>
      </Page>
    );
  }
  return <Content key={map.data.name} loaded={map.data} />;
}

type Dialog = 'SAVE' | 'CLONE' | 'DELETE' | 'REPLAY' | 'DESCRIBE';

function Content({ loaded }: { loaded: TransformMap }) {
  const { tab = 'map' } = route.useSearch();
  const go = useGo(loaded.name);
  const draft = useDraft(loaded);
  const { base, text, dirty } = draft;
  const [dialog, show] = useState<Dialog>();
  const [openRow, setOpenRow] = useState<number>();
  const [lit, setLit] = useState<number[]>([]);
  const [settled] = useDebouncedValue(text, 400);
  const check = useQuery({ ...mapCheck(settled), placeholderData: keepPreviousData });
  const problems = check.data?.problems ?? NOTHING_WRONG;
  const parsed = useMemo(() => read(text), [text]);
  const head = 'head' in parsed ? parsed.head : undefined;
  const previewed = usePreview(
    settled,
    check.data?.usable === true && !check.isPlaceholderData,
    head?.source ?? base.source,
  );
  useLeaveGuard(dirty);
  useHotkeys([['mod+s', () => !base.readOnly && dirty && show('SAVE')]], []);
  const openInMap = (row: number) => {
    setOpenRow(row);
    if (tab !== 'map') {
      go({ tab: undefined, view: undefined });
    }
  };
  const close = () => show(undefined);
  return (
    <Page
      title={base.name}
      fill={tab === 'map' || tab === 'preview'}
      about={<About map={base} description={head?.description ?? base.description} dirty={dirty} />}
      actions={<Actions draft={draft} onShow={show} />}
    >
      {base.unreadable && (
        <Alert styles={READABLE} color="red" variant="light" title="The stored text cannot be read any more">
          {base.unreadable} Mend the text, or restore an earlier version.
        </Alert>
      )}
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(wanted) => go({ tab: wanted === 'map' || wanted === null ? undefined : wanted })}
        className={tab === 'map' || tab === 'preview' ? classes.filling : undefined}
      >
        <Tabs.List mb="sm">
          <Tabs.Tab value="map">Map</Tabs.Tab>
          <Tabs.Tab value="preview">Preview</Tabs.Tab>
          <Tabs.Tab value="dry-run">Dry run</Tabs.Tab>
          <Tabs.Tab value="versions">Versions</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="map" className={classes.filling}>
          <MapTab
            draft={draft}
            parsed={parsed}
            problems={problems}
            checking={check.isFetching || settled !== text}
            checkFault={check.error}
            previewed={previewed}
            openRow={openRow}
            onOpenRow={setOpenRow}
            lit={lit}
            onLit={setLit}
          />
        </Tabs.Panel>
        <Tabs.Panel value="preview" className={classes.filling}>
          <WidePreview previewed={previewed} onRows={setLit} onOpenRow={openInMap} />
        </Tabs.Panel>
        <Tabs.Panel value="dry-run">
          <DryRunTab
            draft={draft}
            usable={check.data?.usable === true}
            chosen={previewed.chosen}
            onOpenRow={openInMap}
          />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionsTab draft={draft} />
        </Tabs.Panel>
      </Tabs>
      <SaveMap
        opened={dialog === 'SAVE'}
        onClose={close}
        draft={draft}
        problems={problems.filter((problem) => problem.level === 'ERROR')}
      />
      <CloneMap opened={dialog === 'CLONE'} onClose={close} of={base.name} />
      <DeleteMap opened={dialog === 'DELETE'} onClose={close} name={base.name} usedBy={base.usedBy} />
      <ReplayMap opened={dialog === 'REPLAY'} onClose={close} map={base} dirty={dirty} />
      <DescribeMap
        opened={dialog === 'DESCRIBE'}
        onClose={close}
        description={head?.description ?? ''}
        onDescribe={(description) => draft.change(changeHead(text, 'description', description))}
      />
    </Page>
  );
}

function useLeaveGuard(dirty: boolean) {
  useBlocker({
    enableBeforeUnload: () => dirty,
    shouldBlockFn: ({ current, next }) =>
      dirty &&
      current.pathname !== next.pathname &&
      !window.confirm('The map has changes that are not saved. Leave, and lose them?'),
  });
}

function About({ map, description, dirty }: { map: TransformMap; description: string; dirty: boolean }) {
  return (
    <Group gap="xs" mt={4}>
      {map.readOnly && <ReadOnly />}
      {dirty && (
        <Badge
          variant="light"
          color="yellow"
          radius="sm"
          tt="none"
          styles={{ label: { color: 'var(--mantine-color-text)' } }}
        >
          Changes not saved
        </Badge>
      )}
      {description && <span>{description}</span>}
      <span>
        {map.source} → {map.target}
      </span>
      {map.version !== undefined && (
        <>
          <span>·</span>
          <span>
            version {map.version}
            {map.author && ` by ${map.author}`}, <Time at={map.savedAt} />
          </span>
        </>
      )}
      {map.usedBy.length > 0 && (
        <>
          <span>·</span>
          <span>used by {map.usedBy.join(', ')}</span>
        </>
      )}
      <span>·</span>
      <TextLink to="/transform-maps">All transform maps</TextLink>
    </Group>
  );
}

function Actions({ draft, onShow }: { draft: Draft; onShow: (dialog: Dialog) => void }) {
  const { base, undo, redo, dirty } = draft;
  return (
    <Group gap="xs" wrap="nowrap">
      {!base.readOnly && (
        <ActionIcon.Group>
          <Tooltip label="Undo">
            <ActionIcon variant="default" size={36} aria-label="Undo" disabled={!undo} onClick={undo}>
              <IconArrowBackUp size={17} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Redo">
            <ActionIcon variant="default" size={36} aria-label="Redo" disabled={!redo} onClick={redo}>
              <IconArrowForwardUp size={17} />
            </ActionIcon>
          </Tooltip>
        </ActionIcon.Group>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More">
            <IconDots size={17} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <ManagersOnly>
            <Menu.Item leftSection={<IconPlayerPlay size={15} />} onClick={() => onShow('REPLAY')}>
              Replay the last snapshot with it …
            </Menu.Item>
          </ManagersOnly>
          {!base.readOnly && (
            <>
              <ManagersOnly>
                <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => onShow('CLONE')}>
                  Clone …
                </Menu.Item>
              </ManagersOnly>
              <ManagersOnly>
                <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => onShow('DESCRIBE')}>
                  Change the description …
                </Menu.Item>
              </ManagersOnly>
              <ManagersOnly>
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => onShow('DELETE')}>
                  Delete …
                </Menu.Item>
              </ManagersOnly>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {base.readOnly ? (
        <ManagersOnly>
          <Button leftSection={<IconCopy size={16} />} onClick={() => onShow('CLONE')}>
            Clone
          </Button>
        </ManagersOnly>
      ) : (
        <ManagersOnly>
          <Button disabled={!dirty} onClick={() => onShow('SAVE')}>
            Save
          </Button>
        </ManagersOnly>
      )}
    </Group>
  );
}

type MapTabProps = {
  draft: Draft;
  parsed: MapText;
  problems: MapProblem[];
  checking: boolean;
  checkFault: Error | null;
  previewed: Previewed;
  openRow: number | undefined;
  onOpenRow: (row: number | undefined) => void;
  lit: number[];
  onLit: (rows: number[]) => void;
};

function MapTab(props: MapTabProps) {
  const { draft, parsed, problems, previewed, onOpenRow, onLit } = props;
  const { view = 'rows' } = route.useSearch();
  const go = useGo(draft.base.name);
  const [beside, setBeside] = useLocalStorage({ key: 'maps:preview-beside', defaultValue: true });
  const pane = beside && <PreviewPane previewed={previewed} onRows={onLit} onOpenRow={onOpenRow} />;
  const whole = problems.filter((problem) => problem.row === undefined);
  return (
    <>
      <Group justify="space-between" mb={8}>
        <Group gap="md">
          <SegmentedControl
            size="xs"
            aria-label="View"
            value={view}
            onChange={(value) => go({ view: value === 'rows' ? undefined : value })}
            data={[
              { value: 'rows', label: 'Rows' },
              { value: 'text', label: 'Text' },
            ]}
          />
          <CheckState
            problems={problems}
            checking={props.checking}
            fault={props.checkFault}
            onOpenRow={(row) => {
              onOpenRow(row);
              go({ view: undefined });
            }}
          />
        </Group>
        <Switch
          size="sm"
          label="Preview beside"
          checked={beside}
          onChange={(event) => setBeside(event.currentTarget.checked)}
        />
      </Group>
      {view === 'rows' && whole.length > 0 && !('fault' in parsed) && (
        <Alert variant="light" color={whole.some((one) => one.level === 'ERROR') ? 'red' : 'yellow'} p="xs" mb={8}>
          {whole.map((problem) => (
            <Text size="sm" key={problem.message}>
              {problem.message}
            </Text>
          ))}
        </Alert>
      )}
      {view === 'text' ? (
        <TextView draft={draft} problems={problems} pane={pane} />
      ) : 'fault' in parsed ? (
        <Alert
          variant="light"
          color="red"
          icon={<IconAlertCircle />}
          title={`The text cannot be shown as rows${parsed.fault.line ? `: line ${parsed.fault.line}` : ''}`}
        >
          <Text size="sm">{parsed.fault.message}</Text>
          <Button size="xs" variant="default" mt="xs" onClick={() => go({ view: 'text' })}>
            Mend the text
          </Button>
        </Alert>
      ) : (
        <RowsView {...props} source={parsed.head.source} target={parsed.head.target} rows={parsed.rows} pane={pane} />
      )}
    </>
  );
}

function RowsView({
  draft,
  rows,
  source,
  target,
  pane,
  problems,
  previewed,
  ...rest
}: MapTabProps & {
  rows: Extract<MapText, { rows: unknown }>['rows'];
  source: string;
  target: string;
  pane: ReactNode;
}) {
  const known = { source: useModel(source), target: useModel(target) };
  const made = useMemo(() => valuesByRow(previewed.preview), [previewed.preview]);
  const missing = (['source', 'target'] as const).find((side) => known[side] === null);
  if (missing) {
    return (
      <Alert
        styles={READABLE}
        variant="light"
        color="red"
        title={`There is no data model "${missing === 'source' ? source : target}"`}
      >
        Name a data model that exists under “{missing}” in the text.
      </Alert>
    );
  }
  if (!known.source || !known.target) {
    return <Loading what="the data models" />;
  }
  return (
    <RowsEditor
      rows={rows}
      source={known.source}
      target={known.target}
      problems={problems}
      made={made}
      lit={rest.lit}
      openRow={rest.openRow}
      onOpenRow={rest.onOpenRow}
      readOnly={draft.base.readOnly}
      beside={pane}
      onAdd={(row) => {
        draft.change(addRow(draft.text, row));
        rest.onOpenRow(rows.length + 1);
      }}
      onChange={(index, change, group) => draft.change(changeRow(draft.text, index, change), group)}
      onRemove={(index) => draft.change(removeRow(draft.text, index))}
    />
  );
}

/** A model by its name; null if there is none, nothing while it is on its way. */
function useModel(name: string): Known | null | undefined {
  const list = useQuery(dataModels());
  const id = list.data?.find((one) => one.name === name)?.id;
  const model = useQuery({ ...dataModel(id ?? ''), enabled: id !== undefined });
  return useMemo(
    () =>
      list.data && id === undefined ? null : model.data && { model: model.data, all: allFields(model.data.fields) },
    [list.data, id, model.data],
  );
}

function TextView({ draft, problems, pane }: { draft: Draft; problems: MapProblem[]; pane: ReactNode }) {
  const marks = useMemo(
    () =>
      problems.map(
        (problem): Mark => ({
          line: problem.line ?? 1,
          column: problem.column ?? 1,
          message: problem.suggestion ? `${problem.message} Did you mean ${problem.suggestion}?` : problem.message,
          warning: problem.level === 'WARNING',
        }),
      ),
    [problems],
  );
  return (
    <div className={pane ? `${classes.text} ${classes.beside}` : classes.text}>
      <section className={`card ${classes.column}`} aria-label="Text">
        <Suspense fallback={<Loading what="the editor" />}>
          <CodeEditor
            language="yaml"
            label="Text of the map"
            value={draft.text}
            marks={marks}
            readOnly={draft.base.readOnly}
            onChange={(text) => draft.change(text, 'text')}
          />
        </Suspense>
      </section>
      {pane}
    </div>
  );
}

function CheckState({
  problems,
  checking,
  fault,
  onOpenRow,
}: {
  problems: MapProblem[];
  checking: boolean;
  fault: Error | null;
  onOpenRow: (row: number) => void;
}) {
  const errors = problems.filter((problem) => problem.level === 'ERROR');
  const warnings = problems.length - errors.length;
  const words = [
    errors.length > 0 && (errors.length === 1 ? '1 error' : `${errors.length} errors`),
    warnings > 0 && (warnings === 1 ? '1 warning' : `${warnings} warnings`),
  ].filter(Boolean);
  const first = (errors.length > 0 ? errors : problems).find((problem) => problem.row !== undefined)?.row;
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    // A check that takes no time need not be spoken of.
    const timer = setTimeout(() => setSeen(checking), checking ? 900 : 0);
    return () => clearTimeout(timer);
  }, [checking]);
  return (
    <Group gap={6} role="status">
      {fault ? (
        <Text size="sm" c="red">
          The map could not be checked: {fault.message}
        </Text>
      ) : seen && checking ? (
        <Text size="sm" c="dimmed">
          Checking …
        </Text>
      ) : words.length === 0 ? (
        <>
          <IconCircleCheck size={16} color="light-dark(#2b7a4b, #6fd39a)" aria-hidden />
          <Text size="sm">No problems</Text>
        </>
      ) : (
        <>
          <IconAlertCircle
            size={16}
            aria-hidden
            color={errors.length > 0 ? 'light-dark(#b3123f, #ff9aae)' : 'light-dark(#7a5200, #f2c14e)'}
          />
          <Text size="sm">{words.join(', ')}</Text>
          {first !== undefined && (
            <Button size="compact-xs" variant="subtle" onClick={() => onOpenRow(first)}>
              Go to row {first}
            </Button>
          )}
        </>
      )}
    </Group>
  );
}
