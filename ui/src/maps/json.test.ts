import { expect, test } from 'vitest';
import { jsonLines, leadsThrough } from './json';

test('a document is drawn line by line, each with the path that rows use', () => {
  const drawn = jsonLines({ name: 'web-01', tags: [], finding: [{ severity: 5 }] }, new Set());
  expect(drawn.map((line) => [line.depth, line.path, line.text])).toEqual([
    [0, '', '{'],
    [1, 'name', '"web-01"'],
    [1, 'tags', '[]'],
    [1, 'finding', '['],
    [2, 'finding[0]', '{'],
    [3, 'finding[0].severity', '5'],
    [2, 'finding[0]', '}'],
    [1, 'finding', ']'],
    [0, '', '}'],
  ]);
});

test('a long list is cut until it is opened', () => {
  const list = { ip: ['a', 'b', 'c', 'd', 'e'] };
  expect(jsonLines(list, new Set()).find((line) => line.kind === 'MORE')?.text).toBe('Show 2 more');
  expect(jsonLines(list, new Set(['ip'])).some((line) => line.kind === 'MORE')).toBe(false);
  expect(jsonLines({ ip: ['a', 'b', 'c', 'd'] }, new Set()).some((line) => line.kind === 'MORE')).toBe(false);
});

test('a path leads through what holds it, not through what only begins like it', () => {
  expect(leadsThrough('ip[0]', 'ip')).toBe(true);
  expect(leadsThrough('ipv6[0]', 'ip')).toBe(false);
  expect(leadsThrough('cves[10].name', 'cves[1]')).toBe(false);
});
