import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type ModelSummary = Schemas['DataModelSummary'];
export type Model = Schemas['DataModel'];
export type Field = Schemas['ModelField'];

export const dataModels = () =>
  queryOptions({
    queryKey: ['data-models'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/data-models', { signal })).then((list) => list.items),
    staleTime: 300_000,
  });

export const dataModel = (modelId: string, connectionId?: number) =>
  queryOptions({
    queryKey: ['data-models', modelId, connectionId],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/data-models/{modelId}', { params: { path: { modelId }, query: { connectionId } }, signal })),
    staleTime: 300_000,
  });
