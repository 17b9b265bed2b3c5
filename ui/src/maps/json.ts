/** One drawn line of a JSON document. */
export type JsonLine = {
  /** Such as `finding[0].severity`. */
  path: string;
  depth: number;
  name?: string | undefined;
  text: string;
  kind: 'OPEN' | 'VALUE' | 'CLOSE' | 'MORE';
};

/** How many elements of a list are drawn until more are asked for. */
export const FIRST = 3;

/** A document line by line; lists are cut after their first elements unless their path is among the opened. */
export function jsonLines(value: unknown, opened: ReadonlySet<string>): JsonLine[] {
  return draw(value, '', undefined, 0, opened);
}

function draw(
  value: unknown,
  path: string,
  name: string | undefined,
  depth: number,
  opened: ReadonlySet<string>,
): JsonLine[] {
  if (Array.isArray(value)) {
    if (value.length === 0) {
      return [{ path, depth, name, text: '[]', kind: 'VALUE' }];
    }
    const shown = opened.has(path) || value.length <= FIRST + 1 ? value : value.slice(0, FIRST);
    const rest = value.length - shown.length;
    return [
      { path, depth, name, text: '[', kind: 'OPEN' },
      ...shown.flatMap((one, index) => draw(one, `${path}[${index}]`, undefined, depth + 1, opened)),
      ...(rest > 0
        ? [{ path, depth: depth + 1, text: `Show ${rest.toLocaleString()} more`, kind: 'MORE' as const }]
        : []),
      { path, depth, text: ']', kind: 'CLOSE' },
    ];
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) {
      return [{ path, depth, name, text: '{}', kind: 'VALUE' }];
    }
    return [
      { path, depth, name, text: '{', kind: 'OPEN' },
      ...entries.flatMap(([key, one]) => draw(one, path ? `${path}.${key}` : key, key, depth + 1, opened)),
      { path, depth, text: '}', kind: 'CLOSE' },
    ];
  }
  return [{ path, depth, name, text: JSON.stringify(value), kind: 'VALUE' }];
}

/** Whether one path is the other, or leads through it: `ip` and `ip[0]`, `cves[0]` and `cves[0].name`. */
export function leadsThrough(path: string, outer: string): boolean {
  return path === outer || (outer !== '' && (path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`)));
}
