import { expect, test } from 'vitest';
import { duration } from './Time';

test('a length of time is said in the two units that matter', () => {
  expect(duration(0.4)).toBe('0 s');
  expect(duration(59)).toBe('59 s');
  expect(duration(61)).toBe('1 min 1 s');
  expect(duration(3_660)).toBe('1 h 1 min');
});
