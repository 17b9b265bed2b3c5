// SPDX-License-Identifier: Apache-2.0
import { api, expect, test } from './fixtures.ts';

type Connection = { id: number; profiles: { id: number }[] };
type Run = { id: number; ended: boolean; state: string };

/** What a console has to show when it has been in use for a day. */
test('a day later there is more to show: a second run, a second connection, a dry run', async () => {
  const tenant = process.env.BROWSER_TESTS_TENANT ?? '';
  await fetch(`${tenant}/simulator/day`, { method: 'POST', body: '{"day": 1}' });
  await ended('/runs', await api<Run>('POST', '/profiles/1/runs'));
  const hosts = {
    description: 'Hosts alone, for comparison',
    connector: 'cortex-xdr',
    findingTypes: ['HOST_ASSET'],
    values: { baseURL: tenant, 'x-xdr-auth-id': '1' },
    secrets: { apiKey: 'simulator-key-that-opens-nothing-else' },
  };
  const inventory = await api<Connection>('POST', '/connections', { ...hosts, name: 'Branch inventory' });
  await ended('/runs', await api<Run>('POST', `/profiles/${inventory.profiles[0]?.id}/runs`));
  await narrowed(inventory, { ...hosts, name: 'Branch inventory' });
  await unreadable(await api<Connection>('POST', '/connections', { ...hosts, name: 'Workshop' }));
  await ended('/dry-runs', await api<Run>('POST', '/dry-runs', { connectionId: 1, map: 'Servers', version: 2 }));
  await api('POST', '/tokens', { name: 'nightly-report', role: 'VIEWER', days: 30 });
});

/** A key that sees a tenth of the tenant: what is gone is held. */
async function narrowed(connection: Connection, input: Record<string, unknown> & { values: Record<string, string> }) {
  const values = { ...input.values, baseURL: process.env.BROWSER_TESTS_NARROWED_TENANT };
  await api('PUT', `/connections/${connection.id}`, { ...input, values });
  const run = await api<Run>('POST', `/profiles/${connection.profiles[0]?.id}/runs`);
  await ended('/runs', run, 'PROCESSED_INCOMPLETE');
}

/** A map that makes no time of what servers have: they are in quarantine, until it is mended. */
async function unreadable({ profiles }: Connection) {
  const shipped = 'Cortex XDR Transformation Map (Vulnerabilities)';
  const { yaml } = await api<{ yaml: string }>('GET', `/maps/${encodeURIComponent(shipped)}`);
  const broken = yaml
    .replace(`name: ${shipped}`, 'name: Workshop')
    .replace(
      '    target: firstFoundDate\n',
      '    target: firstFoundDate\n' +
        `    expression: 'record.endpoint_type == "AGENT_TYPE_SERVER" ? timestamp("1970-01-02T00:00:00Z") : value'\n`,
    );
  await api('POST', '/maps', { name: 'Workshop', yaml: broken });
  await api('PUT', `/profiles/${profiles[0]?.id}`, { name: 'Default', transformMap: 'Workshop' });
  const run = await api<Run>('POST', `/profiles/${profiles[0]?.id}/runs`);
  await ended('/runs', run);
  await api('PUT', `/profiles/${profiles[0]?.id}`, { name: 'Default', transformMap: shipped });
}

async function ended(path: string, run: Run, state = 'PROCESSED|DONE') {
  await expect
    .poll(async () => (await api<Run>('GET', `${path}/${run.id}`)).state, { timeout: 60_000 })
    .toMatch(new RegExp(`^(${state})$`));
}
