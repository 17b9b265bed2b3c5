import { expect, test } from 'vitest';
import type { Field } from '../models/queries';
import { allFields } from '../models/tree';
import { completeCel } from './cel';

function field(path: string, more: Partial<Field> = {}): Field {
  return {
    name: path.replace(/\[\]$/, '').split('.').at(-1) ?? path,
    path,
    type: more.fields ? 'OBJECT' : 'TEXT',
    list: path.endsWith('[]'),
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
  field('domain'),
  field('users[]'),
  field('tags', { fields: [field('tags.server_tags[]')] }),
  field('cves[]', { fields: [field('cves[].name'), field('cves[].severity_score', { type: 'DECIMAL' })] }),
];
const ALL = allFields(MODEL);

function labels(before: string, source = 'cves[].name') {
  return completeCel(before, MODEL, ALL, source)?.options.map((option) => option.label);
}

test('names are offered at the beginning; item only where a row goes through a list', () => {
  expect(labels('')).toEqual(expect.arrayContaining(['value', 'item', 'record', 'has']));
  expect(labels('va', 'domain')).not.toContain('item');
});

test('a record has the fields of the model without the lists of objects', () => {
  expect(labels('has(record.')).toEqual(['domain', 'users', 'tags']);
  expect(labels('record.tags.')).toEqual(['server_tags']);
});

test('an item has the fields of its list', () => {
  expect(labels('value == "a" ? item.na')).toEqual(['name', 'severity_score']);
  expect(completeCel('item.na', MODEL, ALL, 'cves[].name')?.from).toBe(5);
});

test('what can be done with a value goes by its type', () => {
  expect(labels('value.', 'domain')).toContain('lowerAscii');
  expect(labels('value.', 'users')).toContain('join');
  expect(labels('value.', 'users[]')).toContain('lowerAscii');
  expect(labels('value.', 'cves[].severity_score')).toEqual([]);
  expect(labels('record.users.filter(x, x != "").')).toContain('join');
});

test('nothing is offered inside a text', () => {
  expect(labels('value == "re')).toBeUndefined();
  expect(labels('value == "re" ? val')).toContain('value');
});
