import type { components } from './schema';

type Problem = components['schemas']['Problem'];

/** A refusal or fault of the server, in its own words (RFC 9457). */
export class ApiError extends Error {
  /** @param retryAfter seconds after which the server wants to be asked again, if it said so */
  constructor(
    readonly problem: Problem,
    readonly retryAfter?: number,
  ) {
    super(problem.title);
    this.name = 'ApiError';
  }

  get status() {
    return this.problem.status;
  }
}
