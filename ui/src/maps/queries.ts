import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type MapSummary = Schemas['TransformMapSummary'];
export type TransformMap = Schemas['TransformMap'];
export type MapProblem = Schemas['MapProblem'];
export type Preview = Schemas['Preview'];
export type PreviewRequest = Schemas['PreviewRequest'];

export const maps = () =>
  queryOptions({
    queryKey: ['maps'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/maps', { signal })).then((list) => list.items),
  });

export const transformMap = (mapName: string) =>
  queryOptions({
    queryKey: ['maps', mapName],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/maps/{mapName}', { params: { path: { mapName } }, signal })),
    // Never anew under somebody's hands: saving tells if the map was changed by another.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

export const mapVersions = (mapName: string) =>
  queryOptions({
    queryKey: ['maps', mapName, 'versions'],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/maps/{mapName}/versions', { params: { path: { mapName } }, signal })).then(
        (list) => list.items,
      ),
  });

export const mapDiff = (mapName: string, of: { from?: number; to?: number; with?: string }) =>
  queryOptions({
    queryKey: ['maps', mapName, 'diff', of],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/maps/{mapName}/diff', { params: { path: { mapName }, query: of }, signal })),
  });

/** What is wrong with a text; the text itself is the key, so a text seen before needs no request. */
export const mapCheck = (yaml: string) =>
  queryOptions({
    queryKey: ['map-check', yaml],
    queryFn: ({ signal }) => ask(api.POST('/api/v1/maps/check', { body: { yaml }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
  });

export const mapPreview = (request: PreviewRequest) =>
  queryOptions({
    queryKey: ['map-preview', request],
    queryFn: ({ signal }) => ask(api.POST('/api/v1/maps/preview', { body: request, signal })),
    gcTime: 60_000,
  });

export type DryRun = Schemas['DryRun'];

const BUSY = 700;

/** The dry runs of a map that the server remembers, the newest first. */
export const dryRuns = (mapName: string) =>
  queryOptions({
    queryKey: ['dry-runs', 'of', mapName],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/dry-runs', { signal })).then((list) => list.items.filter((one) => one.map === mapName)),
    refetchInterval: ({ state }) => (state.data?.some((one) => !one.ended) ? BUSY * 3 : false),
  });

export const dryRun = (dryRunId: number) =>
  queryOptions({
    queryKey: ['dry-runs', dryRunId],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/dry-runs/{dryRunId}', { params: { path: { dryRunId } }, signal })),
    refetchInterval: ({ state }) => (state.data?.ended || state.error ? false : BUSY),
  });
