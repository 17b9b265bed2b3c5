import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Connection = Schemas['Connection'];
export type ConnectionInput = Schemas['ConnectionInput'];
export type Connector = Schemas['Connector'];
export type Profile = Schemas['Profile'];

/** How often a page that shows work under way asks anew, in milliseconds. */
const BUSY = 2_000;
const CALM = 15_000;

export const connectors = () =>
  queryOptions({
    queryKey: ['connectors'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/connectors', { signal })).then((list) => list.items),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const connections = () =>
  queryOptions({
    queryKey: ['connections'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/connections', { signal })).then((list) => list.items),
    refetchInterval: ({ state }) => (state.data?.some((one) => one.state === 'PROCESSING') ? BUSY : CALM),
  });

export const connection = (connectionId: number) =>
  queryOptions({
    queryKey: ['connections', connectionId],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/connections/{connectionId}', { params: { path: { connectionId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.state === 'PROCESSING' ? BUSY : CALM),
  });
