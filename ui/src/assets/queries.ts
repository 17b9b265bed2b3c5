import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Asset = Schemas['Asset'];

const PAGE = 200;
/** Counting stops here: a viewer does not tell more of them apart, and the count stays cheap. */
const COUNTED = 100_000;

export const assetPages = (query: string, sort: string) =>
  infiniteQueryOptions({
    queryKey: ['assets', query, sort],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/api/v1/assets', {
          params: { query: { query, sort, cursor: pageParam, limit: PAGE, count: pageParam ? 0 : COUNTED } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  });

export const assetDetail = (assetId: number) =>
  queryOptions({
    queryKey: ['asset', assetId],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/assets/{assetId}', { params: { path: { assetId } }, signal })),
  });

export const rawRecord = (assetId: number, recordId: number) =>
  queryOptions({
    queryKey: ['asset', assetId, 'source', recordId],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/assets/{assetId}/records/{recordId}/source', {
          params: { path: { assetId, recordId } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const assetHistory = (assetId: number) =>
  queryOptions({
    queryKey: ['asset', assetId, 'history'],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/assets/{assetId}/history', {
          params: { path: { assetId }, query: { limit: 1000 } },
          signal,
        }),
      ),
  });
