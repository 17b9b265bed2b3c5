import { expect, test } from 'vitest';
import { addRow, changeHead, changeRow, compare, type MapRow, read, removeRow, scalarOf, scalarText } from './text';

const TEXT = `# Kept by the platform team
name: Servers
source: Cortex XDR Endpoint
target: ETM Host Asset
rows:
  - source: endpoint_id
    target: externalAssetId
    identifier: true
  - source: cves[].severity # the vendor's own words
    target: finding[].severity
    values: {CRITICAL: 5, HIGH: "4", NONE: null}
    otherwise: 1
  - source: users
    target: temp_q_customAttributes.lastUser
    expression: value[0]
`;

function rows(text: string): MapRow[] {
  const map = read(text);
  if ('fault' in map) {
    throw new Error(map.fault.message);
  }
  return map.rows;
}

test('a text becomes rows', () => {
  expect(read(TEXT)).toEqual({
    head: { name: 'Servers', description: '', source: 'Cortex XDR Endpoint', target: 'ETM Host Asset' },
    rows: [
      { source: 'endpoint_id', target: 'externalAssetId', identifier: true },
      {
        source: 'cves[].severity',
        target: 'finding[].severity',
        values: [
          { from: 'CRITICAL', to: '5' },
          { from: 'HIGH', to: '"4"' },
          { from: 'NONE', to: 'null' },
        ],
        otherwise: '1',
        identifier: false,
      },
      { source: 'users', target: 'temp_q_customAttributes.lastUser', expression: 'value[0]', identifier: false },
    ],
  });
});

test('a text that is no YAML says where', () => {
  const map = read('name: x\nrows: [');
  expect('fault' in map && map.fault.line).toBe(2);
  expect('fault' in read('just words')).toBe(true);
});

test('a change leaves comments, quotes and the other rows as they were', () => {
  const changed = changeRow(TEXT, 2, { source: 'user' });
  expect(changed).toBe(TEXT.replace('source: users', 'source: user'));
});

test('a value map is changed entry by entry', () => {
  const values = rows(TEXT)[1]?.values ?? [];
  const changed = changeRow(TEXT, 1, {
    values: [{ from: 'CRITICAL', to: '4' }, ...values.slice(1), { from: 'LOW', to: '2' }],
  });
  expect(changed).toContain('values: {CRITICAL: 4, HIGH: "4", NONE: null, LOW: 2}');
  expect(changed).toContain("# the vendor's own words");
});

test('what is emptied goes from the text', () => {
  const changed = changeRow(changeRow(TEXT, 1, { values: undefined, otherwise: undefined }), 2, { expression: '' });
  expect(changed).not.toMatch(/values|otherwise|expression/);
  expect(changeRow(TEXT, 0, { identifier: false })).not.toContain('identifier');
});

test('rows are added and removed', () => {
  const row: MapRow = { source: 'domain', target: 'domain', expression: 'value + "\\n: #"', identifier: false };
  const added = addRow(TEXT, row);
  expect(rows(added)).toEqual([...rows(TEXT), row]);
  expect(removeRow(added, 3)).toBe(TEXT);
});

test('a map without rows takes its first', () => {
  const added = addRow('name: A\nrows: []\n', { source: 'a', target: 'b', identifier: false });
  expect(added).toBe('name: A\nrows:\n  - source: a\n    target: b\n');
});

test('a description comes and goes', () => {
  const described = changeHead(TEXT, 'description', 'For: the servers');
  expect(read(described)).toMatchObject({ head: { description: 'For: the servers' } });
  expect(changeHead(described, 'description', '')).toBe(TEXT);
});

test('typed values become what they look like, and are shown as they are typed', () => {
  for (const value of [5, '5', true, 'true', null, 'null', '', 'Server', 'a: b', '[x']) {
    expect(scalarOf(scalarText(value))).toBe(value);
  }
  expect(scalarOf('')).toBeNull();
  expect(scalarOf('"unfinished')).toBe('"unfinished');
});

test('two maps are compared by target', () => {
  const before = rows(TEXT);
  const after = rows(
    addRow(removeRow(changeRow(TEXT, 1, { otherwise: '2' }), 2), { source: 'a', target: 'b', identifier: false }),
  );
  expect(compare(before, after).map(({ change, target }) => [change, target])).toEqual([
    ['REMOVED', 'temp_q_customAttributes.lastUser'],
    ['CHANGED', 'finding[].severity'],
    ['ADDED', 'b'],
  ]);
  expect(compare(before, before)).toEqual([]);
});
