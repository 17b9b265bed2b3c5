import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { type JsonLine, jsonLines } from './json';
import classes from './Preview.module.css';

type Props = {
  /** Names the document for screen readers. */
  name: string;
  value: unknown;
  /** Which lines stand out. */
  isLit: (path: string) => boolean;
  /** The value under the pointer or in focus; nothing when it is left. */
  onPoint: (path: string | undefined) => void;
  onChoose?: (path: string) => void;
};

/** A JSON document whose values can be pointed at: arrows move, Enter chooses. */
export function JsonView({ name, value, isLit, onPoint, onChoose }: Props) {
  const [opened, open] = useState<ReadonlySet<string>>(new Set());
  const [place, setPlace] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => jsonLines(value, opened), [value, opened]);
  const stops = useMemo(
    () => lines.flatMap((line, index) => (line.kind === 'VALUE' || line.kind === 'MORE' ? [index] : [])),
    [lines],
  );
  const current = stops.includes(place) ? place : stops[0];
  const go = (index: number | undefined) => {
    if (index !== undefined) {
      setPlace(index);
      box.current?.querySelector<HTMLElement>(`[data-line="${index}"]`)?.focus();
    }
  };
  const act = (line: JsonLine) => (line.kind === 'MORE' ? open(new Set(opened).add(line.path)) : onChoose?.(line.path));
  const keys = (event: KeyboardEvent, index: number, line: JsonLine) => {
    const at = stops.indexOf(index);
    const acts: Record<string, () => void> = {
      ArrowDown: () => go(stops[at + 1]),
      ArrowUp: () => go(stops[at - 1]),
      Home: () => go(stops[0]),
      End: () => go(stops.at(-1)),
      Enter: () => act(line),
      ' ': () => act(line),
    };
    const chosen = acts[event.key];
    if (chosen) {
      event.preventDefault();
      chosen();
    }
  };
  return (
    <div className={classes.lines} role="listbox" aria-label={name} ref={box} onMouseLeave={() => onPoint(undefined)}>
      {lines.map((line, index) => {
        const style = { '--depth': line.depth } as React.CSSProperties;
        const key = `${line.kind} ${line.path}`;
        if (line.kind === 'OPEN' || line.kind === 'CLOSE') {
          return (
            <div key={key} role="presentation" className={classes.line} style={style}>
              <Name line={line} />
              {line.text}
            </div>
          );
        }
        return (
          <div
            key={key}
            role="option"
            aria-selected={index === current}
            tabIndex={index === current ? 0 : -1}
            data-line={index}
            className={isLit(line.path) && line.kind === 'VALUE' ? `${classes.line} ${classes.lit}` : classes.line}
            style={style}
            onMouseEnter={() => onPoint(line.path)}
            onFocus={() => {
              setPlace(index);
              onPoint(line.path);
            }}
            onBlur={() => onPoint(undefined)}
            onClick={() => act(line)}
            onKeyDown={(event) => keys(event, index, line)}
          >
            <Name line={line} />
            <span
              className={line.kind === 'MORE' ? classes.more : line.text.startsWith('"') ? classes.text : classes.plain}
            >
              {line.text}
            </span>
          </div>
        );
      })}
    </div>
  );
}

function Name({ line }: { line: JsonLine }) {
  return line.name === undefined ? null : (
    <>
      <span className={classes.name}>{line.name}</span>:{' '}
    </>
  );
}
