import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Run = Schemas['Run'];

const BUSY = 1_000;
const CALM = 15_000;

export const runPages = (connectionId: number) =>
  infiniteQueryOptions({
    queryKey: ['runs', 'of', connectionId],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/api/v1/runs', {
          params: { query: { connectionId, cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: ({ state }) => (state.data?.pages[0]?.items.some((run) => !run.ended) ? BUSY : CALM),
  });

export const run = (runId: number) =>
  queryOptions({
    queryKey: ['runs', runId],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/runs/{runId}', { params: { path: { runId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.ended ? false : BUSY),
  });

export const quarantine = (runId: number, state: Schemas['QuarantineState']) =>
  infiniteQueryOptions({
    queryKey: ['runs', runId, 'quarantine', state],
    // A retry that ended a moment ago has resolved some of it.
    staleTime: 0,
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/api/v1/runs/{runId}/quarantine', {
          params: { path: { runId }, query: { state: [state], cursor: pageParam, limit: 50 } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  });

export const runLog = (runId: number, ended: boolean) =>
  queryOptions({
    // Asked once more when the run has ended, for its last lines.
    queryKey: ['runs', runId, 'log', ended],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/runs/{runId}/log', { params: { path: { runId }, query: { after: 0 } }, signal })).then(
        (log) => log.items,
      ),
    refetchInterval: ended ? false : BUSY,
  });

export const heldClosures = (runId: number, limit: number) =>
  queryOptions({
    queryKey: ['runs', runId, 'held', limit],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/runs/{runId}/held-closures', {
          params: { path: { runId }, query: { limit } },
          signal,
        }),
      ),
  });
