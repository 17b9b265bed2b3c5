import { api, ask, type Schemas } from '../api/client';

export type Subject = 'ASSET' | 'FINDING';
export type Suggestion = Schemas['Suggestion'];

/** What could stand at the caret. */
export function completions(subject: Subject, query: string, caret: number, signal?: AbortSignal) {
  return ask(api.GET('/api/v1/qql/completions', { params: { query: { subject, query, caret } }, signal }));
}

/** Whether a query can be read, and if not, where it goes wrong. */
export function check(subject: Subject, query: string, signal?: AbortSignal) {
  return ask(api.GET('/api/v1/qql/check', { params: { query: { subject, query } }, signal }));
}
