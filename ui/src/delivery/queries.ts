import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Delivery = Schemas['Delivery'];
export type Destination = Schemas['Destination'];
export type DestinationInput = Schemas['DestinationInput'];
export type DestinationKind = Schemas['DestinationKind'];

/** How often a page that shows a delivery under way asks anew, in milliseconds. */
const BUSY = 1_500;
const CALM = 15_000;

export function isUnderWay(delivery: Delivery | undefined): boolean {
  return delivery?.state === 'QUEUED' || delivery?.state === 'SENDING';
}

export const destinationKinds = () =>
  queryOptions({
    queryKey: ['destination-kinds'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/destination-kinds', { signal })).then((list) => list.items),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const destinations = () =>
  queryOptions({
    queryKey: ['destinations'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/destinations', { signal })).then((list) => list.items),
    refetchInterval: ({ state }) => (state.data?.some((one) => isUnderWay(one.lastDelivery)) ? BUSY : CALM),
  });

export const destination = (destinationId: number) =>
  queryOptions({
    queryKey: ['destinations', destinationId],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/destinations/{destinationId}', { params: { path: { destinationId } }, signal })),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.lastDelivery) ? BUSY : CALM),
  });

export const deliveries = (destinationId: number) =>
  queryOptions({
    queryKey: ['destinations', destinationId, 'deliveries'],
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/destinations/{destinationId}/deliveries', {
          params: { path: { destinationId }, query: { limit: 20 } },
          signal,
        }),
      ).then((list) => list.items),
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? BUSY : CALM),
  });

export const rejections = (deliveryId: number) =>
  queryOptions({
    queryKey: ['rejections', deliveryId],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/deliveries/{deliveryId}/rejections', { params: { path: { deliveryId } }, signal })).then(
        (list) => list.items,
      ),
  });
