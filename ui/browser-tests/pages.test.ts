// SPDX-License-Identifier: Apache-2.0
import type { Page } from '@playwright/test';
import { api, expect, test } from './fixtures.ts';
import { inspect } from './inspect.ts';

/*
 * Every page and dialog once: that it can be used by everybody, in light and dark, and (SCREENSHOTS=1) its picture for
 * the documents. Nothing here changes what is stored.
 */

const tab = (page: Page, name: string | RegExp) => page.getByRole('tab', { name }).click();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();
const close = async (page: Page) => {
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
};

test.describe('for who is not signed in', () => {
  test.use({ storageState: { cookies: [], origins: [] } });

  test('sign-in and the first password', async ({ page }) => {
    const name = 'newcomer';
    const { oneTimePassword } = await api<{ oneTimePassword: string }>('POST', '/users', { name, role: 'VIEWER' });
    await page.goto('/sign-in');
    await inspect(page, 'sign-in');
    await page.getByRole('textbox', { name: 'Name' }).fill(name);
    await page.getByRole('textbox', { name: 'Password' }).fill(oneTimePassword);
    await button(page, 'Sign in');
    await expect(page.getByRole('heading', { name: 'Choose a password' })).toBeVisible();
    await inspect(page, 'password');
  });
});

test('the overview', async ({ page }) => {
  test.slow();
  await page.goto('/overview');
  await expect(page.getByRole('img', { name: /^Findings opened/ })).toBeVisible({ timeout: 60_000 });
  await inspect(page, 'overview');
});

test('connectors and connections', async ({ page }) => {
  await page.goto('/connectors');
  await inspect(page, 'integration');
  await page.getByRole('link', { name: 'Head office' }).click();
  await expect(page.getByRole('table', { name: 'Runs' })).toBeVisible();
  await inspect(page, 'connection-runs');
  await tab(page, 'Profiles');
  await inspect(page, 'connection-profiles');
  await button(page, 'Nightly');
  await expect(page.getByText('The next 5 runs, in your time')).toBeVisible();
  await inspect(page, 'profile');
  await close(page);
  await tab(page, 'Settings');
  await button(page, 'Network options');
  await inspect(page, 'connection-settings');
  await button(page, 'Delete the connection');
  await inspect(page, 'connection-delete');
  await close(page);
});

test('the wizard', async ({ page }) => {
  await page.goto('/connectors/cortex-xdr/new');
  await page.getByRole('textbox', { name: 'Name' }).fill('Subsidiary');
  await page.getByRole('textbox', { name: 'Base URL' }).fill(process.env.BROWSER_TESTS_TENANT ?? '');
  await page.getByRole('textbox', { name: 'API Key', exact: true }).fill('simulator-key-that-opens-nothing-else');
  await page.getByRole('textbox', { name: 'API Key ID' }).fill('2');
  await button(page, 'Test connection');
  await expect(page.getByText('The connection does not work yet')).toBeVisible();
  await inspect(page, 'wizard-fault');
  await page.getByRole('textbox', { name: 'API Key ID' }).fill('1');
  await button(page, 'Test connection');
  await expect(page.getByText('The connection works')).toBeVisible();
  await inspect(page, 'wizard-connectivity');
  await button(page, 'Next');
  await page.getByText('Recurring').click();
  await inspect(page, 'wizard-schedule');
  await button(page, 'Next');
  await inspect(page, 'wizard-review');
});

test('a run', async ({ page }) => {
  await page.goto('/runs/1');
  await expect(page.getByRole('link', { name: 'Head office' })).toBeVisible();
  await inspect(page, 'run');
});

test('data models', async ({ page }) => {
  await page.goto('/data-models');
  await inspect(page, 'data-models');
  await page.getByRole('main').getByRole('link').first().click();
  await expect(page.getByRole('tree')).toBeVisible();
  await inspect(page, 'data-model');
});

test('transform maps', async ({ page }) => {
  await page.goto('/transform-maps');
  await inspect(page, 'maps');
  await button(page, 'Create New');
  await inspect(page, 'map-create');
  await close(page);
  await button(page, 'Clone Servers');
  await inspect(page, 'map-clone');
  await close(page);
  await page.getByRole('link', { name: /^Cortex XDR/ }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Cortex XDR/ })).toBeVisible();
  await expect(page.getByRole('tree').first()).toBeVisible();
  await inspect(page, 'map-default');
});

test('a transform map and its dialogs', async ({ page }) => {
  await page.goto('/transform-maps/Servers');
  await page.getByRole('button', { name: /cves\[\]\.severity\s*→\s*finding\[\]\.severity/ }).click();
  await expect(page.getByLabel('Expression of row 16')).toBeVisible();
  await inspect(page, 'map');
  await page.getByLabel('To, entry 1', { exact: true }).fill('4');
  await button(page, 'Save');
  await inspect(page, 'map-save');
  await close(page);
  await button(page, 'Undo');
  await page.getByRole('radiogroup', { name: 'View' }).getByText('Text').click();
  await expect(page.getByLabel('Text of the map')).toBeVisible();
  await inspect(page, 'map-text');
  for (const [item, name] of [
    [/Replay/, 'map-replay'],
    [/description/, 'map-describe'],
    [/Delete/, 'map-delete'],
  ] as const) {
    await button(page, 'More');
    await page.getByRole('menuitem', { name: item }).click();
    await inspect(page, name);
    await close(page);
  }
});

test('what a transform map makes, and its past', async ({ page }) => {
  await page.goto('/transform-maps/Servers?tab=preview');
  await inspect(page, 'map-preview');
  await tab(page, 'Dry run');
  await expect(page.getByText(/^Dry run 1 of/).first()).toBeVisible();
  await inspect(page, 'map-dry-run');
  await tab(page, 'Versions');
  await inspect(page, 'map-versions');
  await button(page, 'Restore version 1');
  await inspect(page, 'map-restore');
  await close(page);
});

test('identification rules', async ({ page }) => {
  await page.goto('/identification-rules');
  await inspect(page, 'rules');
  await button(page, 'Simulate');
  await expect(page.getByRole('status', { name: 'Simulation' })).toBeVisible();
  await inspect(page, 'rules-simulation');
  await button(page, 'New rule');
  await inspect(page, 'rule-new');
  await close(page);
});

test('assets', async ({ page }) => {
  await page.goto(`/assets?query=${encodeURIComponent('asset.inventory:(source:`Cortex XDR`)')}`);
  await inspect(page, 'assets');
  await button(page, 'Choose columns');
  await inspect(page, 'columns');
  await page.keyboard.press('Escape');
  await button(page, 'Saved queries');
  await page.getByRole('textbox', { name: 'Name of the present query' }).fill('All of Cortex XDR');
  await button(page, 'Save');
  await inspect(page, 'queries-saved');
  await page.keyboard.press('Escape');
  await button(page, 'Clear the query');
  await page.getByLabel('Query', { exact: true }).click();
  await page.keyboard.type('finding.sev');
  await expect(page.getByRole('option', { name: /finding\.severity/ }).first()).toBeVisible();
  await inspect(page, 'query-completion');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('operatingSystem.name:win');
  await page
    .getByRole('option', { name: /^`Windows/ })
    .first()
    .click();
  await expect(page.getByLabel('Query', { exact: true })).toHaveText(/^operatingSystem\.name:`Windows [^`]*`$/);
});

test('a query typed before its editor has come is completed as well', async ({ page }) => {
  let typed = () => {};
  const whenTyped = new Promise<void>((resolve) => {
    typed = resolve;
  });
  await page.route(/\/Editor-[^/]*\.js$/, async (route) => {
    await whenTyped;
    await route.continue();
  });
  await page.goto('/assets');
  await page.getByLabel('Query', { exact: true }).click();
  await page.keyboard.type('finding.sev');
  typed();
  await expect(page.getByRole('option', { name: /finding\.severity/ }).first()).toBeVisible();
});

test('an asset', async ({ page }) => {
  await page.goto('/assets/1');
  await inspect(page, 'asset');
  await tab(page, /^Findings/);
  await inspect(page, 'asset-findings');
  await tab(page, /^Sources/);
  await inspect(page, 'asset-sources');
  await tab(page, /^Identification log/);
  await inspect(page, 'asset-identification');
  await tab(page, /^History/);
  await inspect(page, 'asset-history');
});

test('findings', async ({ page }) => {
  await page.goto(`/findings?query=${encodeURIComponent('finding.vendorProductName:`Cortex XDR`')}`);
  await inspect(page, 'findings');
  await page.getByRole('button', { name: /^CVE-/ }).nth(2).click();
  await expect(page.getByRole('dialog')).toContainText('Score by the source');
  await inspect(page, 'finding');
});

test('findings in groups', async ({ page }) => {
  for (const by of ['CVE', 'ASSET', 'SEVERITY', 'OPERATING_SYSTEM']) {
    await page.goto(`/findings?group=${by}`);
    await expect(page.getByRole('row').nth(1)).toBeVisible();
    await inspect(page, `findings-by-${by.toLowerCase().replace('_', '-')}`);
  }
  await page.getByRole('main').getByRole('row').nth(1).getByRole('link').first().click();
  await expect(page).toHaveURL(/query=/);
});

test('delivery', async ({ page }) => {
  await page.goto('/delivery');
  await inspect(page, 'delivery');
  await page.goto('/delivery/new');
  await inspect(page, 'delivery-new');
});

test('settings', async ({ page }) => {
  await page.goto('/settings');
  await expect(page.getByRole('table', { name: 'Sessions' }).getByText('This one')).toBeVisible();
  await inspect(page, 'settings-account');
  for (const [title, name] of [
    ['Users', 'settings-users'],
    ['API tokens', 'settings-tokens'],
    ['System', 'settings-system'],
    ['Audit log', 'settings-audit'],
  ] as const) {
    await tab(page, title);
    await inspect(page, name);
  }
  await page
    .getByRole('button', { name: /, details$/ })
    .first()
    .click();
  await inspect(page, 'settings-audit-entry');
});

test('what is not there', async ({ page, watch }) => {
  watch.expectRefusal(404, /assets/);
  await page.goto('/assets/99999999');
  await expect(page.getByRole('alert')).toBeVisible();
  await inspect(page, 'asset-not-found');
});
