import { Badge, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle, IconAlertTriangle, IconArrowRight, IconKey, IconPointFilled } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { ModelTree } from '../models/ModelTree';
import { Path } from '../models/Path';
import type { Field } from '../models/queries';
import { fieldAt, fieldPath } from '../models/tree';
import classes from './MapEditor.module.css';
import type { MapProblem } from './queries';
import { type Known, PathInput, RowPanel } from './RowPanel';
import type { MapRow } from './text';

type Props = {
  rows: MapRow[];
  source: Known;
  target: Known;
  problems: MapProblem[];
  /** What each row made of the previewed record, by the row's number from 1. */
  made: Map<number, unknown[]>;
  /** The rows that stand out, by number. */
  lit: number[];
  openRow: number | undefined;
  onOpenRow: (row: number | undefined) => void;
  readOnly: boolean;
  onAdd: (row: MapRow) => void;
  onChange: (index: number, change: Partial<MapRow>, group: string) => void;
  onRemove: (index: number) => void;
  /** What stands at the right of all. */
  beside?: ReactNode;
};

/** A map's rows between the trees of its two models. */
export function RowsEditor(props: Props) {
  const { rows, source, target, problems, openRow, onOpenRow, readOnly, onAdd, beside } = props;
  const [search, setSearch] = useState({ source: '', target: '', rows: '' });
  const [picked, pick] = useState({ source: '', target: '' });
  const marks = useMarks(props);
  const add = (from: string, to: string) => {
    const at = rows.findIndex((row) => fieldPath(row.target) === fieldPath(to));
    if (at >= 0) {
      onOpenRow(at + 1);
      notifications.show({
        color: 'yellow',
        title: `${to} has a row already`,
        message: `A target field has one row. Row ${at + 1} is open: change its source field, or compute with an expression.`,
      });
      return;
    }
    const field = fieldAt(target.all, to);
    onAdd({ source: from, target: to, identifier: field?.identifier === true });
    pick({ source: '', target: '' });
  };
  const words = search.rows.trim().toLowerCase();
  const shown = rows
    .map((row, index) => ({ row, number: index + 1 }))
    .filter(
      ({ row, number }) =>
        number === openRow ||
        [row.source, row.target, row.expression ?? ''].some((part) => part.toLowerCase().includes(words)),
    );
  return (
    <div className={beside ? `${classes.grid} ${classes.beside}` : classes.grid}>
      <section className={`card ${classes.column}`} aria-label="Source fields">
        <div className={classes.title}>{source.model.name}</div>
        <ModelTree
          name="Source fields"
          fields={source.model.fields}
          search={search.source}
          onSearch={(value) => setSearch({ ...search, source: value })}
          picked={fieldAt(source.all, picked.source)?.path}
          onPick={(field) => {
            if (field.fields.length === 0) {
              pick({ ...picked, source: fieldPath(field.path) });
            }
          }}
          marks={marks.source}
          draggable={!readOnly}
        />
      </section>
      <section className={`card ${classes.column}`} aria-label="Rows">
        {!readOnly && (
          <form
            className={classes.add}
            onSubmit={(event) => {
              event.preventDefault();
              if (picked.source && picked.target) {
                add(picked.source, picked.target);
              }
            }}
          >
            <PathInput
              placeholder="Source field"
              label="New row: source field"
              value={picked.source}
              known={source}
              onChange={(path) => pick({ ...picked, source: path })}
            />
            <IconArrowRight size={14} aria-hidden />
            <PathInput
              placeholder="Target field"
              label="New row: target field"
              value={picked.target}
              known={target}
              onChange={(path) => pick({ ...picked, target: path })}
            />
            <Button type="submit" size="xs" disabled={!picked.source || !picked.target}>
              Add row
            </Button>
          </form>
        )}
        <Group px={8} py={6} justify="space-between" wrap="nowrap">
          <TextInput
            type="search"
            size="xs"
            flex={1}
            maw={280}
            aria-label="Search rows"
            placeholder="Search rows"
            value={search.rows}
            onChange={(event) => setSearch({ ...search, rows: event.currentTarget.value })}
          />
          <Text size="xs" c="dimmed" className="number" role="status" style={{ whiteSpace: 'nowrap' }}>
            {words ? `${shown.length} of ${rows.length} rows` : rows.length === 1 ? '1 row' : `${rows.length} rows`}
          </Text>
        </Group>
        {shown.length === 0 ? (
          <Text size="sm" c="dimmed" p="md">
            {words
              ? 'No row fits the search.'
              : 'No rows yet. Pick a source field and a target field in the trees, or type them above.'}
          </Text>
        ) : (
          <ol className={classes.rows} aria-label="Rows">
            {shown.map(({ row, number }) => (
              <Row
                key={number}
                row={row}
                number={number}
                open={number === openRow}
                lit={props.lit.includes(number)}
                problems={problems.filter((problem) => problem.row === number)}
                made={props.made.get(number) ?? []}
                onToggle={() => onOpenRow(number === openRow ? undefined : number)}
              >
                {number === openRow && (
                  <RowPanel
                    key={`${number} of ${rows.length}`}
                    row={row}
                    number={number}
                    source={source}
                    target={target}
                    problems={problems.filter((problem) => problem.row === number)}
                    made={props.made.get(number) ?? []}
                    readOnly={readOnly}
                    onChange={(change, group) => props.onChange(number - 1, change, group)}
                    onRemove={() => {
                      props.onRemove(number - 1);
                      onOpenRow(undefined);
                    }}
                  />
                )}
              </Row>
            ))}
          </ol>
        )}
      </section>
      <section className={`card ${classes.column}`} aria-label="Target fields">
        <div className={classes.title}>{target.model.name}</div>
        <ModelTree
          name="Target fields"
          fields={target.model.fields}
          search={search.target}
          onSearch={(value) => setSearch({ ...search, target: value })}
          picked={fieldAt(target.all, picked.target)?.path}
          onPick={(field) => {
            const at = rows.findIndex((row) => fieldPath(row.target) === fieldPath(field.path));
            if (at >= 0) {
              onOpenRow(at + 1);
            } else if (field.open) {
              pick({ ...picked, target: `${field.path}.` });
            } else if (field.fields.length === 0) {
              pick({ ...picked, target: fieldPath(field.path) });
            }
          }}
          marks={marks.target}
          onDrop={readOnly ? undefined : (field, from) => add(fieldPath(from), ownName(field, from))}
        />
      </section>
      {beside}
    </div>
  );
}

/** Where a dropped field goes: into the field, or under its own name into an object that takes any. */
function ownName(field: Field, from: string): string {
  const path = fieldPath(field.path);
  return field.open ? `${path}.${fieldPath(from).split('.').at(-1) ?? from}` : path;
}

/** Marks in the trees: which fields have rows, and which of these are wrong. */
function useMarks({ rows, problems, source, target }: Props) {
  return useMemo(() => {
    const wrong = new Set(problems.filter((problem) => problem.level === 'ERROR').map((problem) => problem.row));
    const count = (known: Known, side: 'source' | 'target') => {
      const found = new Map<string, number[]>();
      rows.forEach((row, index) => {
        const path = fieldAt(known.all, row[side])?.path;
        if (path !== undefined) {
          found.set(path, [...(found.get(path) ?? []), index + 1]);
        }
      });
      return (field: Field) => {
        const numbers = found.get(field.path);
        if (!numbers) {
          return null;
        }
        const bad = numbers.some((number) => wrong.has(number));
        const label = `${numbers.length === 1 ? 'Row' : 'Rows'} ${numbers.join(', ')}${bad ? ', with errors' : ''}`;
        return (
          <Tooltip label={label}>
            <span role="img" aria-label={label} style={{ display: 'inline-flex' }}>
              {bad ? (
                <IconAlertCircle size={15} color="light-dark(#b3123f, #ff9aae)" />
              ) : (
                <IconPointFilled size={15} color="light-dark(#2b7a4b, #6fd39a)" />
              )}
            </span>
          </Tooltip>
        );
      };
    };
    return { source: count(source, 'source'), target: count(target, 'target') };
  }, [rows, problems, source, target]);
}

type RowProps = {
  row: MapRow;
  number: number;
  open: boolean;
  lit: boolean;
  problems: MapProblem[];
  made: unknown[];
  onToggle: () => void;
  children: ReactNode;
};

function Row({ row, number, open, lit, problems, made, onToggle, children }: RowProps) {
  const line = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (open || lit) {
      line.current?.scrollIntoView({ block: 'nearest' });
    }
  }, [open, lit]);
  const errors = problems.filter((problem) => problem.level === 'ERROR').length;
  return (
    <li
      ref={line}
      className={[classes.row, open && classes.open, lit && classes.lit].filter(Boolean).join(' ')}
      aria-current={lit || undefined}
    >
      <button type="button" className={classes.head} aria-expanded={open} onClick={onToggle}>
        <span className={classes.number}>{number}</span>
        <span className={classes.words}>
          <span className={classes.path}>
            <Path path={row.source || 'no source'} />
          </span>
          <span className={classes.arrow}>→</span>
          <span className={classes.path}>
            <Path path={row.target || 'no target'} />
          </span>
          {!open &&
            problems.map((problem) => (
              <span
                key={`${problem.field} ${problem.message}`}
                className={problem.level === 'WARNING' ? `${classes.problem} ${classes.warning}` : classes.problem}
              >
                {problem.message}
              </span>
            ))}
          {!open && made.length > 0 && problems.length === 0 && (
            <div className={classes.made}>
              {made
                .slice(0, 3)
                .map((value) => JSON.stringify(value))
                .join(', ')}
              {made.length > 3 && ` … ${made.length.toLocaleString()} values`}
            </div>
          )}
        </span>
        <span className={classes.marks}>
          {row.identifier && (
            <IconKey size={15} color="light-dark(#8a5a00, #f2c14e)" role="img" aria-label="identifier" />
          )}
          {row.expression && <Mark>CEL</Mark>}
          {row.values && <Mark>{row.values.length === 1 ? '1 value' : `${row.values.length} values`}</Mark>}
          {errors > 0 ? (
            <IconAlertCircle size={16} color="light-dark(#b3123f, #ff9aae)" role="img" aria-label="error" />
          ) : (
            problems.length > 0 && (
              <IconAlertTriangle size={16} color="light-dark(#7a5200, #f2c14e)" role="img" aria-label="warning" />
            )
          )}
        </span>
      </button>
      {children}
    </li>
  );
}

function Mark({ children }: { children: ReactNode }) {
  return (
    <Badge variant="default" size="xs" radius="sm" tt="none">
      {children}
    </Badge>
  );
}
