import { queryOptions } from '@tanstack/react-query';
import { api, ask, type Schemas } from '../api/client';

export type Rule = Schemas['IdentificationRule'];
export type RuleInput = Schemas['IdentificationRuleInput'];
export type Attribute = Schemas['IdentityAttribute'];

export const rules = () =>
  queryOptions({
    queryKey: ['rules'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/identification-rules', { signal })),
  });

export const attributes = () =>
  queryOptions({
    queryKey: ['identification-attributes'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/identification-attributes', { signal })).then((list) => list.items),
    staleTime: Number.POSITIVE_INFINITY,
  });

export type OwnRules = Schemas['ConnectionIdentification'];

/** How one connection's records find their assets. */
export const connectionRules = (connectionId: number) =>
  queryOptions({
    queryKey: ['connection-rules', connectionId],
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/connections/{connectionId}/identification', { params: { path: { connectionId } }, signal })),
  });

/** A rule as it is sent when all are replaced or simulated; the system's own is left out. */
export function asInput(list: Rule[]): RuleInput[] {
  return list
    .filter((rule) => rule.kind !== 'SYSTEM')
    .map(({ name, description, attributes: asked, enabled }) => ({ name, description, attributes: asked, enabled }));
}
