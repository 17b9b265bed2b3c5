import { ApiError } from './fault';

const LONGEST_WAIT_S = 10;

/** Whether to ask once more, after so many failures: only a server that is busy or away is worth it; a refusal stays one. */
export function worthAsking(failures: number, fault: unknown): boolean {
  if (failures >= 2 || !(fault instanceof ApiError)) {
    return false;
  }
  return (
    fault.status === 0 ||
    fault.status >= 502 ||
    (fault.status === 429 && fault.retryAfter !== undefined && fault.retryAfter <= LONGEST_WAIT_S)
  );
}

/** Milliseconds until then: what the server asked for, or 1 s and 2 s. */
export function pause(failures: number, fault: unknown): number {
  return fault instanceof ApiError && fault.retryAfter !== undefined
    ? Math.min(fault.retryAfter, LONGEST_WAIT_S) * 1_000
    : 1_000 * 2 ** failures;
}
