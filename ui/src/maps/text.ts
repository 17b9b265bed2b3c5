import {
  type Document,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parse,
  parseDocument,
  stringify,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import type { Schemas } from '../api/client';

/** One value and what it becomes, the latter as YAML writes it: `5`, `"5"`, `null`. */
export type ValueEntry = { from: string; to: string };

export type MapRow = {
  source: string;
  target: string;
  expression?: string | undefined;
  values?: ValueEntry[] | undefined;
  /** As YAML writes it; absent if other values stay as they are. */
  otherwise?: string | undefined;
  identifier: boolean;
};

export type MapHead = { name: string; description: string; source: string; target: string };

export type MapText = { head: MapHead; rows: MapRow[] } | { fault: { message: string; line?: number | undefined } };

/** A map's text as rows, or why it cannot be shown as such. Unknown keys and wrong values are the server's to find. */
export function read(text: string): MapText {
  const doc = parseDocument(text);
  const error = doc.errors[0];
  if (error) {
    return { fault: { message: error.message.split('\n')[0] ?? error.message, line: error.linePos?.[0].line } };
  }
  if (!isMap(doc.contents)) {
    return { fault: { message: 'The text has no keys. A map begins with name, source, target and rows.', line: 1 } };
  }
  const rows = doc.get('rows');
  return {
    head: {
      name: words(doc.get('name')),
      description: words(doc.get('description')),
      source: words(doc.get('source')),
      target: words(doc.get('target')),
    },
    rows: isSeq(rows) ? rows.items.map((row) => readRow(doc, row)) : [],
  };
}

function readRow(doc: Document, row: unknown): MapRow {
  if (!isMap(row)) {
    return { source: '', target: '', identifier: false };
  }
  const values = row.get('values');
  const expression = row.get('expression');
  return {
    source: words(row.get('source')),
    target: words(row.get('target')),
    expression: expression === undefined || expression === null ? undefined : words(expression),
    values: isMap(values)
      ? values.items.map((entry) => ({ from: words(plain(doc, entry.key)), to: scalarText(plain(doc, entry.value)) }))
      : undefined,
    otherwise: row.has('otherwise') ? scalarText(plain(doc, row.get('otherwise', true))) : undefined,
    identifier: row.get('identifier') === true,
  };
}

function plain(doc: Document, node: unknown): unknown {
  if (isScalar(node)) {
    return node.value;
  }
  return isMap(node) || isSeq(node) ? node.toJS(doc) : node;
}

function words(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}

/** A value as YAML writes it on one line. */
export function scalarText(value: unknown): string {
  return stringify(value === undefined ? null : value, {
    collectionStyle: 'flow',
    blockQuote: false,
    lineWidth: 0,
  }).trimEnd();
}

/** What a person typed as a value: a number, true, false, null or "quoted text" as such, all else as text. */
export function scalarOf(typed: string): unknown {
  const trimmed = typed.trim();
  if (trimmed === '') {
    return null;
  }
  try {
    const value: unknown = parse(trimmed);
    return typeof value === 'object' && value !== null ? trimmed : value;
  } catch {
    return trimmed;
  }
}

/** A row as the API gives it, as the editor shows it. */
export function ofApi(row: Schemas['TransformMapRow']): MapRow {
  return {
    source: row.source,
    target: row.target,
    expression: row.expression,
    values: row.values && Object.entries(row.values).map(([from, to]) => ({ from, to: scalarText(to) })),
    otherwise: 'otherwise' in row && row.otherwise !== undefined ? scalarText(row.otherwise) : undefined,
    identifier: row.identifier,
  };
}

/** The text with some of a row's keys changed; comments and the rest of the text stay. */
export function changeRow(text: string, index: number, change: Partial<MapRow>): string {
  return edit(text, (doc, rows) => {
    let row = rows.items[index];
    if (!isMap(row)) {
      row = new YAMLMap(doc.schema);
      rows.items[index] = row;
    }
    put(doc, row as YAMLMap, change);
  });
}

export function addRow(text: string, row: MapRow, at?: number): string {
  return edit(text, (doc, rows) => {
    const node = new YAMLMap(doc.schema);
    put(doc, node, row);
    rows.flow = false;
    rows.items.splice(at ?? rows.items.length, 0, node);
  });
}

export function removeRow(text: string, index: number): string {
  return edit(text, (_, rows) => {
    rows.items.splice(index, 1);
  });
}

export function changeHead(text: string, key: keyof MapHead, value: string): string {
  return edit(text, (doc) => {
    if (value === '' && key === 'description') {
      doc.delete(key);
    } else {
      doc.set(key, value);
    }
  });
}

function put(doc: Document, row: YAMLMap, change: Partial<MapRow>) {
  for (const key of ['source', 'target'] as const) {
    if (change[key] !== undefined) {
      row.set(key, change[key]);
    }
  }
  if ('expression' in change) {
    setOrDelete(row, 'expression', change.expression === '' ? undefined : change.expression);
  }
  if ('values' in change) {
    putValues(doc, row, change.values);
  }
  if ('otherwise' in change) {
    setOrDelete(
      row,
      'otherwise',
      change.otherwise === undefined ? undefined : doc.createNode(scalarOf(change.otherwise)),
    );
  }
  if ('identifier' in change) {
    setOrDelete(row, 'identifier', change.identifier ? true : undefined);
  }
}

function setOrDelete(row: YAMLMap, key: string, value: unknown) {
  if (value === undefined) {
    row.delete(key);
  } else {
    row.set(key, value);
  }
}

function putValues(doc: Document, row: YAMLMap, entries: ValueEntry[] | undefined) {
  if (!entries) {
    row.delete('values');
    return;
  }
  const old = row.get('values');
  const node = isMap(old) ? old : new YAMLMap(doc.schema);
  if (!isMap(old)) {
    node.flow = true;
    row.set('values', node);
  }
  // Pairs are kept where they did not change: their comments and ways of quoting stay.
  node.items = entries.map(({ from, to }, index) => {
    const pair = node.items[index];
    const same = isPair(pair) && words(plain(doc, pair.key)) === from;
    if (same && scalarText(plain(doc, pair.value)) === to) {
      return pair;
    }
    return doc.createPair(same ? pair.key : from, scalarOf(to)) as Pair<unknown, unknown>;
  });
}

function edit(text: string, change: (doc: Document, rows: YAMLSeq) => void): string {
  const doc = parseDocument(text);
  if (doc.errors.length > 0 || !isMap(doc.contents)) {
    return text;
  }
  let rows = doc.get('rows');
  if (!isSeq(rows)) {
    rows = new YAMLSeq(doc.schema);
    doc.set('rows', rows);
  }
  change(doc as Document, rows as YAMLSeq);
  return doc.toString({ lineWidth: 0, flowCollectionPadding: false });
}

export type RowChange = {
  change: 'ADDED' | 'REMOVED' | 'CHANGED';
  target: string;
  before?: MapRow | undefined;
  after?: MapRow | undefined;
};

/** What differs between two texts, row by row; a row is known by its target. */
export function compare(before: MapRow[], after: MapRow[]): RowChange[] {
  const old = new Map(before.map((row) => [row.target, row]));
  const young = new Map(after.map((row) => [row.target, row]));
  const kept = after.flatMap((row): RowChange[] => {
    const was = old.get(row.target);
    if (!was) {
      return [{ change: 'ADDED', target: row.target, after: row }];
    }
    return same(was, row) ? [] : [{ change: 'CHANGED', target: row.target, before: was, after: row }];
  });
  const gone = before
    .filter((row) => !young.has(row.target))
    .map((row): RowChange => ({ change: 'REMOVED', target: row.target, before: row }));
  return [...gone, ...kept];
}

function same(a: MapRow, b: MapRow): boolean {
  const facts = (row: MapRow) =>
    JSON.stringify([row.source, row.expression ?? null, row.values ?? [], row.otherwise ?? null, row.identifier]);
  return facts(a) === facts(b);
}
