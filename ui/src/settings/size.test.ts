import { expect, test } from 'vitest';
import { size } from './size';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 kB'],
  [48_500_000, '48.5 MB'],
  [999_600, '1 MB'],
  [123_456_789_000, '123 GB'],
])('%i bytes are %s', (bytes, words) => {
  expect(size(bytes)).toBe(words);
});
