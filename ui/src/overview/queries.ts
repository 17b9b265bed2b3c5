import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Overview = Schemas['Overview'];

const OLD = 20_000;
const SOON = 2_000;
const CALM = 15_000;

export const overview = () =>
  queryOptions({
    queryKey: ['overview'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/overview', { signal })),
    // The server answers with what it has and reads anew behind it: what is old will be newer in a moment.
    refetchInterval: ({ state }) => (state.data && Date.now() - Date.parse(state.data.at) > OLD ? SOON : CALM),
  });

/** Findings that are not fixed. */
export const OPEN = 'finding.status:[NEW, ACTIVE, REOPENED]';
