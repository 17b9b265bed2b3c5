import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Overview = Schemas['Overview'];

export const overview = () =>
  queryOptions({
    queryKey: ['overview'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/overview', { signal })),
    refetchInterval: 15_000,
  });

/** Findings that are not fixed. */
export const OPEN = 'finding.status:[NEW, ACTIVE, REOPENED]';
