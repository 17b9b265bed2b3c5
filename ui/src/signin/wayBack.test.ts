import { expect, test } from 'vitest';
import { wayBack } from './wayBack';

test('after signing in the console stays on its own host', () => {
  expect(wayBack('/assets?query=web')).toBe('/assets?query=web');
  expect(wayBack('//evil.example')).toBe('/');
  expect(wayBack('/\\evil.example')).toBe('/');
  expect(wayBack('/\t/evil.example')).toBe('/');
  expect(wayBack('https://evil.example')).toBe('/');
  expect(wayBack(undefined)).toBe('/');
});
