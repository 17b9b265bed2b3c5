import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { ApiError } from '../api/client';
import { Empty, Failure, Loading } from '../common/states';
import { type Me, me } from '../signin/queries';
import { Shell } from './Shell';

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Of a page with tabs: which is shown; the first if none is named. */
const tabSearch = (search: Record<string, unknown>): { tab?: string | undefined } => ({ tab: text(search.tab) });

const root = createRootRouteWithContext<{ queries: QueryClient }>()({});

type SignInSearch = { to?: string | undefined; refused?: string | undefined };
const signInSearch = (search: Record<string, unknown>): SignInSearch => ({
  to: text(search.to),
  refused: text(search.refused),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('../signin/SignInPage')),
});

const password = createRoute({
  getParentRoute: () => root,
  path: '/password',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('../signin/PasswordPage')),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    let user: Me;
    try {
      user = await context.queries.ensureQueryData(me());
    } catch (fault) {
      if (fault instanceof ApiError && fault.status === 401) {
        throw redirect({ to: '/sign-in', search: { to: location.href } });
      }
      throw fault;
    }
    if (user.mustChangePassword) {
      throw redirect({ to: '/password', search: { to: location.href } });
    }
  },
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/overview' });
  },
});

export type ListSearch = { query?: string | undefined; sort?: string | undefined };

const assets = createRoute({
  getParentRoute: () => inside,
  path: '/assets',
  validateSearch: (search: Record<string, unknown>): ListSearch => ({
    query: text(search.query),
    sort: text(search.sort),
  }),
  component: lazyRouteComponent(() => import('../assets/AssetsPage')),
});

const asset = createRoute({
  getParentRoute: () => inside,
  path: '/assets/$assetId',
  validateSearch: tabSearch,
  component: lazyRouteComponent(() => import('../assets/AssetPage')),
});

const findings = createRoute({
  getParentRoute: () => inside,
  path: '/findings',
  validateSearch: (
    search: Record<string, unknown>,
  ): ListSearch & { finding?: string | undefined; group?: string | undefined } => ({
    query: text(search.query),
    sort: text(search.sort),
    finding: text(search.finding),
    group: text(search.group),
  }),
  component: lazyRouteComponent(() => import('../findings/FindingsPage')),
});

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/overview',
  component: lazyRouteComponent(() => import('../overview/OverviewPage')),
});

const connectors = createRoute({
  getParentRoute: () => inside,
  path: '/connectors',
  component: lazyRouteComponent(() => import('../connectors/ConnectorsPage')),
});

const newConnection = createRoute({
  getParentRoute: () => inside,
  path: '/connectors/$connectorId/new',
  component: lazyRouteComponent(() => import('../connectors/NewConnectionPage')),
});

const connection = createRoute({
  getParentRoute: () => inside,
  path: '/connections/$connectionId',
  validateSearch: tabSearch,
  component: lazyRouteComponent(() => import('../connections/ConnectionPage')),
});

const run = createRoute({
  getParentRoute: () => inside,
  path: '/runs/$runId',
  component: lazyRouteComponent(() => import('../runs/RunPage')),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: tabSearch,
  component: lazyRouteComponent(() => import('../settings/SettingsPage')),
});

const number = (value: unknown): number | undefined => {
  const read = Number(value);
  return value !== undefined && Number.isInteger(read) && read > 0 ? read : undefined;
};

const dataModels = createRoute({
  getParentRoute: () => inside,
  path: '/data-models',
  component: lazyRouteComponent(() => import('../models/DataModelsPage')),
});

export type ModelSearch = {
  search?: string | undefined;
  field?: string | undefined;
  connection?: number | undefined;
};

const dataModel = createRoute({
  getParentRoute: () => inside,
  path: '/data-models/$modelId',
  validateSearch: (search: Record<string, unknown>): ModelSearch => ({
    search: text(search.search),
    field: text(search.field),
    connection: number(search.connection),
  }),
  component: lazyRouteComponent(() => import('../models/DataModelPage')),
});

const maps = createRoute({
  getParentRoute: () => inside,
  path: '/transform-maps',
  component: lazyRouteComponent(() => import('../maps/MapsPage')),
});

export type MapSearch = {
  tab?: string | undefined;
  /** How the map is shown: as rows, or as text. */
  view?: string | undefined;
  /** The versions that are compared. */
  from?: number | undefined;
  to?: number | undefined;
  /** Another map that is compared with. */
  with?: string | undefined;
  dryRun?: number | undefined;
};

const transformMap = createRoute({
  getParentRoute: () => inside,
  path: '/transform-maps/$name',
  validateSearch: (search: Record<string, unknown>): MapSearch => ({
    tab: text(search.tab),
    view: text(search.view),
    from: number(search.from),
    to: number(search.to),
    with: text(search.with),
    dryRun: number(search.dryRun),
  }),
  component: lazyRouteComponent(() => import('../maps/MapPage')),
});

const identificationRules = createRoute({
  getParentRoute: () => inside,
  path: '/identification-rules',
  component: lazyRouteComponent(() => import('../rules/RulesPage')),
});

const destinations = createRoute({
  getParentRoute: () => inside,
  path: '/delivery',
  component: lazyRouteComponent(() => import('../delivery/DestinationsPage')),
});

const newDestination = createRoute({
  getParentRoute: () => inside,
  path: '/delivery/new',
  component: lazyRouteComponent(() => import('../delivery/NewDestinationPage')),
});

const destination = createRoute({
  getParentRoute: () => inside,
  path: '/delivery/$destinationId',
  validateSearch: tabSearch,
  component: lazyRouteComponent(() => import('../delivery/DestinationPage')),
});

const routeTree = root.addChildren([
  home,
  signIn,
  password,
  inside.addChildren([
    overview,
    assets,
    asset,
    findings,
    connectors,
    newConnection,
    connection,
    run,
    dataModels,
    dataModel,
    maps,
    transformMap,
    identificationRules,
    destinations,
    newDestination,
    destination,
    settings,
  ]),
]);

export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPendingComponent: () => <Loading what="the page" />,
    defaultErrorComponent: ({ error, reset }) => <Failure fault={error} retry={reset} />,
    defaultNotFoundComponent: () => (
      <Empty title="There is no such page">The address may be mistyped, or the page is from another version.</Empty>
    ),
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
