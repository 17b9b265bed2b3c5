import { getRouteApi, useNavigate } from '@tanstack/react-router';
import type { MapSearch } from '../app/router';

const route = getRouteApi('/inside/transform-maps/$name');

/** Goes to another part of the same map. */
export function useGo(name: string) {
  const search = route.useSearch();
  const navigate = useNavigate();
  return (change: MapSearch) =>
    navigate({
      to: '/transform-maps/$name',
      params: { name },
      search: { ...search, ...change },
      resetScroll: false,
      replace: !('tab' in change),
    });
}
