import { expect, test } from 'vitest';
import { percent } from './percent';

test('a share is never called all or nothing while it is not', () => {
  expect(percent(0)).toBe('0 %');
  expect(percent(0.01)).toBe('< 0.1 %');
  expect(percent(47.75)).toBe('47.8 %');
  expect(percent(99.99)).toBe('> 99.9 %');
  expect(percent(100)).toBe('100 %');
});
