// SPDX-License-Identifier: Apache-2.0
import { api, expect, test } from './fixtures.ts';

type Run = { id: number; ended: boolean; state: string };

/** What a console has to show when it has been in use for a day. */
test('a day later there is more to show: a second run, a second connection, a dry run', async () => {
  const tenant = process.env.BROWSER_TESTS_TENANT ?? '';
  await fetch(`${tenant}/simulator/day`, { method: 'POST', body: '{"day": 1}' });
  await ended('/runs', await api<Run>('POST', '/profiles/1/runs'));
  const inventory = await api<{ profiles: { id: number }[] }>('POST', '/connections', {
    name: 'Branch inventory',
    description: 'Hosts alone, for comparison',
    connector: 'cortex-xdr',
    findingTypes: ['HOST_ASSET'],
    values: { baseURL: tenant, 'x-xdr-auth-id': '1' },
    secrets: { apiKey: 'simulator-key-that-opens-nothing-else' },
  });
  await ended('/runs', await api<Run>('POST', `/profiles/${inventory.profiles[0]?.id}/runs`));
  await ended('/dry-runs', await api<Run>('POST', '/dry-runs', { connectionId: 1, map: 'Servers', version: 2 }));
  await api('POST', '/tokens', { name: 'nightly-report', role: 'VIEWER', days: 30 });
});

async function ended(path: string, run: Run) {
  await expect
    .poll(async () => (await api<Run>('GET', `${path}/${run.id}`)).state, { timeout: 60_000 })
    .toMatch(/PROCESSED|DONE/);
}
