import { queryOptions } from '@tanstack/react-query';
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

export const savedQueries = (subject: Subject) =>
  queryOptions({
    queryKey: ['saved-queries', subject],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/saved-queries', { params: { query: { subject } }, signal })),
  });

export function saveQuery(body: Schemas['SavedQueryInput']) {
  return ask(api.POST('/api/v1/saved-queries', { body }));
}

export function deleteSavedQuery(savedQueryId: number) {
  return ask(api.DELETE('/api/v1/saved-queries/{savedQueryId}', { params: { path: { savedQueryId } } }));
}
