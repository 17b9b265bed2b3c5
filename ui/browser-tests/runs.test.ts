// SPDX-License-Identifier: Apache-2.0
import { api, expect, test } from './fixtures.ts';
import { inspect } from './inspect.ts';

type Runs = { items: { id: number; held?: unknown; kind: string; counts: { quarantined: number } }[] };

async function runThat(fits: (run: Runs['items'][number]) => boolean) {
  const { items } = await api<Runs>('GET', '/runs?limit=100');
  const found = items.find(fits);
  if (!found) {
    throw new Error('There is no such run');
  }
  return found.id;
}

test('what a run held is seen and rejected', async ({ page }) => {
  await page.goto(`/runs/${await runThat((run) => run.held !== undefined)}`);
  await expect(page.getByRole('table', { name: 'Held closures by host' }).getByRole('row').nth(1)).toBeVisible();
  await inspect(page, 'run-held');
  await page.getByRole('button', { name: 'Reject' }).click();
  await expect(page.getByText(/^Rejected by/)).toBeVisible();
});

test('what a run could not use is dismissed, taken back and, with a mended map, tried again', async ({ page }) => {
  await page.goto(`/runs/${await runThat((run) => run.kind === 'SYNC' && run.counts.quarantined > 0)}`);
  const table = page.getByRole('table', { name: 'Quarantine' });
  await expect(table.getByRole('row').nth(1)).toContainText('first_seen');
  await inspect(page, 'run-quarantine');
  await table.getByRole('checkbox').nth(1).click();
  await page.getByRole('button', { name: 'Dismiss 1 chosen' }).click();
  await page.getByRole('textbox', { name: 'Why' }).fill('Known since May');
  await inspect(page, 'run-quarantine-dismiss');
  await page.getByRole('button', { name: 'Dismiss', exact: true }).click();
  await page.getByRole('radiogroup', { name: 'State' }).getByText('Dismissed (1)').click();
  await expect(table).toContainText('Known since May');
  await page.getByRole('button', { name: 'Take back all' }).click();
  await expect(page.getByText('Nothing is dismissed.')).toBeVisible();
  await page.getByRole('radiogroup', { name: 'State' }).getByText(/^Open/).click();
  await page.getByRole('button', { name: 'Retry all' }).click();
  await expect(page.getByRole('link', { name: /^the quarantine of run/ })).toBeVisible();
  await expect(page.getByText('Processed', { exact: true }).first()).toBeVisible();
  await page.getByRole('link', { name: /^the quarantine of run/ }).click();
  await expect(page.getByText('Nothing is open.')).toBeVisible();
});
