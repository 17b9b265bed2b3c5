import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Me = Schemas['Me'];

/** Who is signed in. Refused with 401 if nobody is. */
export const me = () =>
  queryOptions({
    queryKey: ['me'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/me', { signal })),
    staleTime: 60_000,
    retry: false,
  });

/** How people can sign in, besides name and password. */
export const signInWays = () =>
  queryOptions({
    queryKey: ['sign-in-ways'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/sign-in-ways', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
