import { expect, test } from 'vitest';
import type { Field } from './queries';
import { allFields, fieldAt, lines, typeInWords } from './tree';

function field(path: string, more: Partial<Field> = {}): Field {
  return {
    name: path.replace(/\[\]$/, '').split('.').at(-1) ?? path,
    path,
    type: more.fields ? 'OBJECT' : 'TEXT',
    list: false,
    description: '',
    identifier: false,
    required: false,
    open: false,
    examples: [],
    fields: [],
    ...more,
  };
}

const MODEL = [
  field('endpoint_id', { identifier: true, description: 'The key of the host' }),
  field('tags', { fields: [field('tags.server_tags', { list: true }), field('tags.endpoint_tags', { list: true })] }),
  field('cves[]', { list: true, fields: [field('cves[].name'), field('cves[].severity')] }),
  field('extra', { open: true, type: 'OBJECT' }),
];
const paths = (drawn: ReturnType<typeof lines>) => drawn.map((line) => line.field.path);

test('what is folded hides what is in it', () => {
  expect(paths(lines(MODEL, new Set(['tags'])))).toEqual([
    'endpoint_id',
    'tags',
    'cves[]',
    'cves[].name',
    'cves[].severity',
    'extra',
  ]);
});

test('a search shows what fits and the way to it, also in what is folded', () => {
  const drawn = lines(MODEL, new Set(['cves[]']), 'sever');
  expect(paths(drawn)).toEqual(['cves[]', 'cves[].severity']);
  expect(drawn.map((line) => [line.level, line.place, line.siblings])).toEqual([
    [1, 1, 1],
    [2, 1, 1],
  ]);
});

test('a search that fits an object shows all that is in it', () => {
  expect(paths(lines(MODEL, new Set(), 'tags'))).toEqual(['tags', 'tags.server_tags', 'tags.endpoint_tags']);
});

test('a search looks into descriptions', () => {
  expect(paths(lines(MODEL, new Set(), 'key of the'))).toEqual(['endpoint_id']);
});

test('a path finds its field with or without the mark of a list, and open objects take any name', () => {
  const all = allFields(MODEL);
  expect(fieldAt(all, 'cves[].name')?.path).toBe('cves[].name');
  expect(fieldAt(all, 'cves')?.path).toBe('cves[]');
  expect(fieldAt(all, 'extra.owner')?.path).toBe('extra');
  expect(fieldAt(all, 'tags.nothing')).toBeUndefined();
});

test('types are said in words', () => {
  expect(typeInWords({ type: 'OBJECT', list: true })).toBe('list of objects');
  expect(typeInWords({ type: 'INSTANT', list: false })).toBe('time');
});
