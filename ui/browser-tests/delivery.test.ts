// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { api, expect, test } from './fixtures.ts';
import { inspect } from './inspect.ts';
import { TARGET } from './place.ts';

test('a destination of files is tested, made and delivered to, and says what it was given', async ({ page, watch }) => {
  watch.expectRefusal(422, /destination-tests$/);
  const button = (name: string) => page.getByRole('button', { name, exact: true }).click();
  await page.goto('/delivery/new');
  await page.getByRole('radio', { name: /^Qualys ETM, by CSV/ }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Files for ETM');
  await page.getByRole('textbox', { name: 'Directory' }).fill('../elsewhere');
  await page.getByRole('checkbox', { name: /^After each run/ }).uncheck();
  await button('Test settings');
  await expect(page.getByText(/Name a directory under/).first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Directory' }).fill('browser-tests');
  await button('Test settings');
  await expect(page.getByText(/took it away again/)).toBeVisible();
  await button('Create');
  await expect(page.getByRole('heading', { name: 'Files for ETM' })).toBeVisible();
  await expect(page.getByText('Nothing was delivered yet')).toBeVisible();
  await button('Deliver now');
  await expect(page.getByText('Delivered', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await inspect(page, 'delivery-result');

  const lines = (await readFile(join(TARGET, 'data', 'deliveries', 'browser-tests', 'etm-findings.csv'), 'utf8'))
    .trimEnd()
    .split('\n');
  expect(lines[0]).toContain('finding[].externalFindingId');
  const destinations = await api<{ items: { name: string; lastDelivery: { counts: { findings: number } } }[] }>(
    'GET',
    '/destinations',
  );
  const { counts } = destinations.items.find(({ name }) => name === 'Files for ETM')?.lastDelivery ?? {};
  expect(counts?.findings).toBe(lines.length - 1);
  await expect(page.getByText(counts?.findings.toLocaleString('en-GB') ?? '', { exact: true })).toBeVisible();
});

const EXPORTS: [item: string, name: RegExp, beginning: string][] = [
  ['CSV, for spreadsheets', /^findings-.*\.csv$/, 'id,assetId,assetName,'],
  ['JSON Lines, for programs', /^findings-.*\.jsonl$/, '{"id":"'],
  ['OCSF events, JSON Lines', /^ocsf-vulnerability-findings-.*\.jsonl$/, '{"activity_id":1,'],
  ['OCSF events, Parquet', /^ocsf-vulnerability-findings-.*\.parquet$/, 'PAR1'],
  ['CycloneDX VEX', /^findings-vex-.*\.cdx\.json$/, '{"bomFormat":"CycloneDX","specVersion":"1.6"'],
];

test('what a query finds is downloaded in each format', async ({ page }) => {
  await page.goto('/findings?query=finding.severity%3A5');
  await expect(page.getByRole('button', { name: 'Export' })).toBeVisible();
  for (const [item, name, beginning] of EXPORTS) {
    await page.getByRole('button', { name: 'Export' }).click();
    if (item === EXPORTS[0]?.[0]) {
      await inspect(page, 'export-menu');
    }
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: item }).click();
    const file = await download;
    expect(file.suggestedFilename()).toMatch(name);
    const bytes = await readFile(await file.path());
    expect(bytes.subarray(0, beginning.length).toString(), item).toBe(beginning);
    expect(await file.failure()).toBeNull();
  }
});
