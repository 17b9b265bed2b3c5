import { Text, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconKey, IconSearch } from '@tabler/icons-react';
import { type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import classes from './ModelTree.module.css';
import { Path } from './Path';
import type { Field } from './queries';
import { type Line, lines, typeInWords, typeSign } from './tree';

type Props = {
  /** Names the tree for screen readers. */
  name: string;
  fields: Field[];
  /** The path of the field that is picked. */
  picked?: string | undefined;
  onPick?: ((field: Field) => void) | undefined;
  /** What stands at the end of a field's line. */
  marks?: ((field: Field) => ReactNode) | undefined;
  /** With room for descriptions and example values on each line; else they stand below the tree for the field in focus. */
  wide?: boolean;
  search: string;
  onSearch: (search: string) => void;
  /** Makes fields that can be dragged onto another tree's. */
  draggable?: boolean;
  onDrop?: ((field: Field, path: string) => void) | undefined;
};

const DRAGGED = 'application/x-etm-field';

/** A data model as a tree: arrows move, open and close; Enter picks. */
export function ModelTree(props: Props) {
  const { name, fields, picked, onPick, marks, wide, search, onSearch } = props;
  const [folded, fold] = useState<ReadonlySet<string>>(new Set());
  const [focused, focus] = useState<string>();
  const tree = useRef<HTMLDivElement>(null);
  const drawn = useMemo(() => lines(fields, folded, search), [fields, folded, search]);
  const current = drawn.find((line) => line.field.path === (focused ?? picked)) ?? drawn[0];
  useEffect(() => {
    if (picked !== undefined) {
      focus(picked);
      tree.current?.querySelector(`[data-path="${CSS.escape(picked)}"]`)?.scrollIntoView({ block: 'nearest' });
    }
  }, [picked]);
  const go = (line: Line | undefined) => {
    if (line) {
      focus(line.field.path);
      tree.current?.querySelector<HTMLElement>(`[data-path="${CSS.escape(line.field.path)}"]`)?.focus();
    }
  };
  const toggle = ({ field }: Line) => {
    const next = new Set(folded);
    if (!next.delete(field.path)) {
      next.add(field.path);
    }
    fold(next);
  };
  const keys = (event: KeyboardEvent, line: Line) => {
    const at = drawn.indexOf(line);
    const act = {
      ArrowDown: () => go(drawn[at + 1]),
      ArrowUp: () => go(drawn[at - 1]),
      Home: () => go(drawn[0]),
      End: () => go(drawn.at(-1)),
      ArrowRight: () => (line.expanded === false ? toggle(line) : line.expanded && go(drawn[at + 1])),
      ArrowLeft: () =>
        line.expanded && !search.trim() ? toggle(line) : go(drawn.find((one) => one.field.path === line.parent)),
      Enter: () => onPick?.(line.field),
      ' ': () => onPick?.(line.field),
    }[event.key];
    if (act && !event.ctrlKey && !event.altKey && !event.metaKey) {
      event.preventDefault();
      act();
    }
  };
  return (
    <div className={wide ? `${classes.frame} ${classes.wide}` : classes.frame}>
      <div className={classes.search}>
        <TextInput
          size={wide ? 'sm' : 'xs'}
          maw={wide ? 420 : undefined}
          type="search"
          aria-label={`Search ${name}`}
          placeholder="Search fields"
          leftSection={<IconSearch size={15} />}
          value={search}
          onChange={(event) => onSearch(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') {
              event.preventDefault();
              go(drawn[0]);
            }
          }}
        />
      </div>
      {wide && (
        <div className={classes.headings} aria-hidden>
          <span>Field</span>
          <span>Type</span>
          <span>Description</span>
          <span>Example values</span>
        </div>
      )}
      {drawn.length === 0 ? (
        <Text size="sm" c="dimmed" p="md" role="status">
          No field fits “{search.trim()}”.
        </Text>
      ) : (
        <div className={classes.tree} role="tree" aria-label={name} ref={tree}>
          {drawn.map((line) => (
            <TreeLine
              key={line.field.path}
              line={line}
              wide={wide === true}
              focusable={line === current}
              picked={line.field.path === picked}
              marks={marks}
              onFocus={() => focus(line.field.path)}
              onKeyDown={(event) => keys(event, line)}
              onToggle={() => toggle(line)}
              onPick={onPick}
              draggable={props.draggable === true && line.field.fields.length === 0}
              onDrop={props.onDrop}
            />
          ))}
        </div>
      )}
      {!wide && current && <About field={current.field} />}
    </div>
  );
}

type LineProps = {
  line: Line;
  wide: boolean;
  focusable: boolean;
  picked: boolean;
  marks: Props['marks'];
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onToggle: () => void;
  onPick: Props['onPick'];
  draggable: boolean;
  onDrop: Props['onDrop'];
};

function TreeLine({ line, wide, focusable, picked, marks, onFocus, onKeyDown, onToggle, onPick, ...drag }: LineProps) {
  const { field, level, expanded } = line;
  const [over, setOver] = useState(false);
  const accepts = (event: DragEvent) =>
    drag.onDrop !== undefined && field.fields.length === 0 && event.dataTransfer.types.includes(DRAGGED);
  return (
    <div
      className={over ? `${classes.line} ${classes.over}` : classes.line}
      style={{ '--level': level } as React.CSSProperties}
      role="treeitem"
      data-path={field.path}
      aria-level={level}
      aria-posinset={line.place}
      aria-setsize={line.siblings}
      aria-expanded={expanded}
      aria-selected={picked}
      tabIndex={focusable ? 0 : -1}
      onFocus={onFocus}
      onKeyDown={onKeyDown}
      onClick={() => onPick?.(field)}
      draggable={drag.draggable}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, field.path);
        event.dataTransfer.effectAllowed = 'link';
      }}
      onDragOver={(event) => {
        if (accepts(event)) {
          event.preventDefault();
          setOver(true);
        }
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (accepts(event)) {
          event.preventDefault();
          drag.onDrop?.(field, event.dataTransfer.getData(DRAGGED));
        }
      }}
    >
      <span className={classes.nameCell}>
        {/* The keyboard folds with the arrows; this is the same for a pointer. */}
        <span
          className={expanded === false ? `${classes.fold} ${classes.folded}` : classes.fold}
          aria-hidden
          onClick={(event) => {
            if (expanded !== undefined) {
              event.stopPropagation();
              onToggle();
            }
          }}
        >
          {expanded !== undefined && <IconChevronDown size={15} />}
        </span>
        <span className={classes.name}>
          <Path path={field.list ? `${field.name}[]` : field.name} />
        </span>
        <FieldMarks field={field} wide={wide} />
      </span>
      {wide ? (
        <>
          <span className={classes.type}>{typeInWords(field)}</span>
          <Text span size="sm">
            <Description field={field} />
          </Text>
          <Examples field={field} />
        </>
      ) : (
        <>
          <span className={classes.sign} role="img" aria-label={typeInWords(field)} title={typeInWords(field)}>
            {typeSign(field)}
          </span>
          <span className={classes.marks}>{marks?.(field)}</span>
        </>
      )}
    </div>
  );
}

function FieldMarks({ field, wide }: { field: Field; wide: boolean }) {
  return (
    <>
      {field.identifier && (
        <Tooltip label="Identifier: tells one from another">
          <IconKey
            className={classes.key}
            size={15}
            style={{ flex: 'none', marginTop: 3 }}
            role="img"
            aria-label="identifier"
          />
        </Tooltip>
      )}
      {field.documented === false && (
        <Tooltip label="Not documented; a run saw it. A map may read it.">
          <span className={classes.required} role="img" aria-label="not documented">
            {wide ? 'not documented' : '?'}
          </span>
        </Tooltip>
      )}
      {field.required && (
        <Tooltip label="A map has to fill it">
          <span className={classes.required} role="img" aria-label="required">
            {wide ? 'required' : '*'}
          </span>
        </Tooltip>
      )}
    </>
  );
}

function Description({ field }: { field: Field }) {
  return (
    <>
      {field.description}
      {(field.values?.length ?? 0) > 0 && ` Values: ${field.values?.join(', ')}.`}
      {field.open && ' Takes further names of its own.'}
      {field.sameValueAs && ` Names the same thing as ${field.sameValueAs}.`}
    </>
  );
}

const SHOWN = 3;

function Examples({ field }: { field: Field }) {
  return (
    <span className={classes.examples}>
      {field.examples.slice(0, SHOWN).map((example) => (
        <span key={example} className={classes.example} title={example}>
          {example}
        </span>
      ))}
    </span>
  );
}

function About({ field }: { field: Field }) {
  return (
    <div className={classes.about} aria-live="polite">
      <Text size="xs" ff="monospace" fw={600} style={{ overflowWrap: 'anywhere' }}>
        <Path path={field.path} />
      </Text>
      <Text size="xs" c="dimmed" mb={4}>
        {typeInWords(field)}
        {field.required && ', required'}. <Description field={field} />
      </Text>
      <Examples field={field} />
    </div>
  );
}
