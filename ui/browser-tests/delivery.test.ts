// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
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

test('an event destination shows what waits and what is refused, and tells everything when asked', async ({
  page,
  watch,
}) => {
  watch.expectRefusal(422, /destination-tests$/);
  const receiver = await Receiver.start();
  try {
    const button = (name: string) => page.getByRole('button', { name, exact: true }).click();
    await page.goto('/delivery/new');
    await page.getByRole('radio', { name: /^Change events, by webhook/ }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Ticket system');
    await page.getByRole('textbox', { name: 'URL' }).fill(receiver.url);
    await page.getByRole('textbox', { name: 'Batch size' }).fill('1000');
    await page.getByLabel(/^Signing secret/).fill('whsec_short');
    await button('Test settings');
    await expect(page.getByText(/Make one: echo whsec_/).first()).toBeVisible();
    await page.getByLabel(/^Signing secret/).fill(`whsec_${'abcd'.repeat(10)}`);
    await button('Test settings');
    await expect(page.getByText(/took an event of the type org.etmconnect.test/)).toBeVisible();
    await button('Create');
    await expect(page.getByRole('heading', { name: 'Ticket system' })).toBeVisible();
    await expect(page.getByText('Nothing was delivered yet')).toBeVisible();
    await expect(page.getByText('Events that wait')).toBeVisible();

    const { items } = await api<{ items: { id: number; name: string }[] }>('GET', '/assets?limit=1');
    const host = items[0];
    receiver.refuse(`"asset-${host?.id}"`);
    await button('More ways to deliver');
    await page.getByRole('menuitem', { name: 'Tell everything that is there' }).click();
    const refused = page.getByRole('table', { name: 'Refused events' });
    await expect(refused).toBeVisible({ timeout: 60_000 });
    await expect(refused.getByText('I do not like that').first()).toBeVisible();
    await expect(refused.getByText(host?.name ?? '').first()).toBeVisible();
    await inspect(page, 'event-destination');

    receiver.refuse('');
    await button('Try again');
    await expect(refused).toBeHidden({ timeout: 60_000 });
    const id = Number(/\d+$/.exec(new URL(page.url()).pathname)?.[0]);
    // it waits some seconds for more before it ends
    await expect
      .poll(() => api('GET', `/destinations/${id}`), { timeout: 60_000 })
      .toMatchObject({ lastDelivery: { state: 'DELIVERED' }, events: { pending: 0, refused: [] } });
    expect(receiver.types).toContain('org.etmconnect.finding.present');
    await api('DELETE', `/destinations/${id}`);
  } finally {
    receiver.stop();
  }
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

/** Takes events by HTTP, but for batches with a text in them that it was told to refuse. */
class Receiver {
  readonly types = new Set<string>();
  private unwanted = '';

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        const body = Buffer.concat(parts).toString();
        const bad = receiver.unwanted !== '' && body.includes(receiver.unwanted);
        if (!bad) {
          for (const event of [JSON.parse(body)].flat() as { type: string }[]) {
            receiver.types.add(event.type);
          }
        }
        response.writeHead(bad ? 422 : 204).end(bad ? 'I do not like that' : undefined);
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  refuse(text: string) {
    this.unwanted = text;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }
}
