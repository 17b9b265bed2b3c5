import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Finding = Schemas['Finding'];
export type FindingGroup = Schemas['FindingGroup'];
export type Grouping = Schemas['FindingGrouping'];

const PAGE = 200;
const COUNTED = 100_000;

export const findingPages = (query: string, sort: string) =>
  infiniteQueryOptions({
    queryKey: ['findings', query, sort],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/api/v1/findings', {
          params: { query: { query, sort, cursor: pageParam, limit: PAGE, count: pageParam ? 0 : COUNTED } },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
  });

export const findingGroups = (query: string, by: Grouping, limit: number) =>
  queryOptions({
    queryKey: ['findings', 'groups', query, by, limit],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/findings/groups', { params: { query: { query, by, limit } }, signal })),
  });

export const findingDetail = (findingId: string) =>
  queryOptions({
    queryKey: ['finding', findingId],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/findings/{findingId}', { params: { path: { findingId } }, signal })),
  });
