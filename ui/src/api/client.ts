import createClient, { type Middleware } from 'openapi-fetch';
import { ApiError } from './fault';
import type { components, paths } from './schema';

export { ApiError };

export type Schemas = components['schemas'];
export type Problem = Schemas['Problem'];

/** By TLS the first, which no other host can set. */
const CSRF_COOKIES = ['__Host-XSRF-TOKEN', 'XSRF-TOKEN'];
const CSRF_HEADER = 'X-XSRF-TOKEN';

const csrf: Middleware = {
  onRequest({ request }) {
    if (request.method !== 'GET') {
      const cookies = new Map(document.cookie.split('; ').map((cookie) => cookie.split('=', 2) as [string, string]));
      const token = CSRF_COOKIES.map((name) => cookies.get(name)).find((value) => value);
      if (token) {
        request.headers.set(CSRF_HEADER, decodeURIComponent(token));
      }
    }
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: window.location.origin, credentials: 'same-origin' });
api.use(csrf);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer's document; throws {@link ApiError} if the server refused, or what is like it if it did not answer. */
export async function ask<T>(answer: Promise<Answer<T>>): Promise<T> {
  let reply: Answer<T>;
  try {
    reply = await answer;
  } catch (fault) {
    if (fault instanceof DOMException && fault.name === 'AbortError') {
      throw fault;
    }
    throw new ApiError({
      type: 'urn:etm-connect:problem:unreachable',
      title: 'The server does not answer',
      status: 0,
      detail: 'Check that ETM Connect is running and that this computer reaches it, then try again.',
    });
  }
  if (reply.response.ok) {
    return reply.data as T;
  }
  const wait = Number(reply.response.headers.get('Retry-After'));
  throw new ApiError(problem(reply), wait > 0 ? wait : undefined);
}

function problem({ error, response }: Answer<unknown>): Problem {
  if (typeof error === 'object' && error !== null && 'title' in error && 'detail' in error) {
    return error as Problem;
  }
  return {
    type: 'about:blank',
    title: `The server answered with status ${response.status}`,
    status: response.status,
    detail: "Look into the server's log, or try again.",
  };
}
