import { expect, test } from 'vitest';
import { ApiError } from './fault';
import { pause, worthAsking } from './patience';

const fault = (status: number, retryAfter?: number) =>
  new ApiError({ type: 'urn:etm-connect:problem:x', title: 'x', status, detail: 'x' }, retryAfter);

test('a server that says to wait some seconds is asked again after them', () => {
  expect(worthAsking(0, fault(429, 3))).toBe(true);
  expect(pause(0, fault(429, 3))).toBe(3_000);
});

test('a block of minutes is shown, not waited for', () => {
  expect(worthAsking(0, fault(429, 60))).toBe(false);
  expect(worthAsking(0, fault(429))).toBe(false);
});

test('a server that is away is asked twice more, a refusal never', () => {
  expect([0, 1, 2].map((failures) => worthAsking(failures, fault(503)))).toEqual([true, true, false]);
  expect([0, 1].map((failures) => pause(failures, fault(503)))).toEqual([1_000, 2_000]);
  expect(worthAsking(0, fault(404))).toBe(false);
  expect(worthAsking(0, new Error('a fault of the page'))).toBe(false);
});
