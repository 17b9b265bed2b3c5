// SPDX-License-Identifier: Apache-2.0
import { api, expect, test } from './fixtures.ts';
import { SESSION } from './place.ts';

const PASSWORD = 'a long enough password';
const KEY = 'simulator-key-that-opens-nothing-else';
const ASSETS = 'asset.inventory:(source:`Cortex XDR`)';
const FINDINGS = 'finding.vendorProductName:`Cortex XDR`';

test('a Manager signs in for the first time, connects a tenant, and finds its hosts and vulnerabilities', async ({
  page,
  watch,
}) => {
  test.setTimeout(180_000);
  const tenant = process.env.BROWSER_TESTS_TENANT ?? '';
  const main = page.getByRole('navigation', { name: 'Main' });
  const field = (name: string) => page.getByRole('textbox', { name, exact: true });
  const press = (name: string | RegExp) => page.getByRole('button', { name, exact: true }).click();

  await test.step('the one-time password has to be changed first', async () => {
    const { items } = await api<{ items: { id: number; name: string }[] }>('GET', '/users');
    const admin = items.find((user) => user.name === 'admin');
    const { oneTimePassword } = await api<{ oneTimePassword: string }>('POST', `/users/${admin?.id}/password-reset`);
    await page.goto('/findings');
    await expect(page).toHaveURL(/\/sign-in\?to=/);
    watch.expectRefusal(401, /session$/);
    await field('Name').fill('admin');
    await field('Password').fill('not the password');
    await press('Sign in');
    await expect(page.getByRole('alert')).toContainText('one-time password');
    await field('Password').fill(oneTimePassword);
    await press('Sign in');
    await expect(page.getByRole('heading', { name: 'Choose a password' })).toBeVisible();
    await page.goto('/overview');
    await expect(page.getByRole('heading', { name: 'Choose a password' })).toBeVisible();
    await field('Present password').fill(oneTimePassword);
    await field('New password').fill(PASSWORD);
    await field('New password again').fill(PASSWORD);
    await press('Change the password');
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  });

  await test.step('a map is cloned, one severity changed, and saved', async () => {
    await main.getByRole('link', { name: 'Transform maps' }).click();
    await press(/^Clone Cortex XDR/);
    await field('Transform Map Name').fill('Servers');
    await press('Clone');
    await expect(page.getByRole('heading', { name: 'Servers' })).toBeVisible();
    await page.getByRole('button', { name: /cves\[\]\.severity\s*→\s*finding\[\]\.severity/ }).click();
    const entry = page.getByRole('row').filter({ has: page.locator('input[value="INFORMATIONAL"]') });
    await entry.getByLabel(/^To, entry/).fill('2');
    await expect(page.getByText('Changes not saved')).toBeVisible();
    await press('Save');
    await field('Comment').fill('Nothing is without weight');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByText('Saved as version 2')).toBeVisible();
  });

  await test.step('the wizard says why a connection does not work, and lets one that works pass', async () => {
    await main.getByRole('link', { name: 'Integration' }).click();
    await page.getByRole('link', { name: 'Manage Cortex XDR' }).click();
    await field('Name').fill('Head office');
    await field('Description').fill('The tenant of the main site');
    await field('Base URL').fill(tenant);
    await field('API Key').fill('key-of-some-other-tenant');
    await field('API Key ID').fill('1');
    await press('Test connection');
    await expect(page.getByText('The connection does not work yet')).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: 'does not work' })).toContainText(/key/i);
    await expect(page.getByRole('button', { name: 'Next' })).toBeDisabled();
    await field('API Key').fill(KEY);
    await press('Test connection');
    await expect(page.getByText('The connection works')).toBeVisible();
    await press('Next');
  });

  await test.step('a profile has the map and a schedule', async () => {
    await field('Profile name').fill('Nightly');
    await page.getByRole('combobox', { name: 'Transform map' }).click();
    await page.getByRole('option', { name: 'Servers' }).click();
    await page.getByText('Recurring').click();
    await field('Every').fill('2');
    await expect(page.getByText('The next 5 runs, in your time')).toBeVisible();
    await press('Next');
    await expect(page.getByRole('region', { name: 'Review and confirm' })).toContainText('every 2 days');
    await page.getByLabel('Run it now').uncheck();
    await press('Create the connection');
    await expect(page.getByRole('heading', { name: 'Head office' })).toBeVisible();
    await expect(page.getByText('Scheduled')).toBeVisible();
  });

  await test.step('a run shows its progress until it is Processed', async () => {
    await press('Run now');
    await expect(page.getByRole('heading', { name: 'Run 1' })).toBeVisible();
    await expect(page.getByRole('progressbar', { name: /Fetching|Applying/ })).toBeVisible();
    await expect(page.getByText('Processed', { exact: true })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByRole('progressbar')).toHaveCount(0);
    await main.getByRole('link', { name: 'Integration' }).click();
    await expect(page.getByRole('table', { name: 'Connections' })).toContainText('Processed');
  });

  const ask = async (query: string) => {
    await page.getByLabel('Query', { exact: true }).click();
    await page.keyboard.type(query);
    await page.keyboard.press('Escape');
    await press('Search');
  };

  await test.step('the query of the specification finds the assets', async () => {
    const truth = await (await fetch(`${tenant}/simulator/truth?day=0&dismissed=left-out`)).json();
    await main.getByRole('link', { name: 'Assets' }).click();
    await ask(ASSETS);
    await expect(page).toHaveURL(/assets\?query=asset/);
    await expect(page.getByText(`${truth.assets.toLocaleString('en-GB')} assets`)).toBeVisible();
    await main.getByRole('link', { name: 'Findings' }).click();
    await ask(FINDINGS);
    await expect(page.getByText(`${truth.openFindings.toLocaleString('en-GB')} findings`)).toBeVisible();
    // The cloned map made "Info" Low.
    await page.goto('/findings?query=finding.severity:Info');
    await expect(page.getByText('No finding fits the query')).toBeVisible();
  });

  await test.step('links lead from an asset to a finding and back', async () => {
    await page.goto(`/assets?query=${encodeURIComponent(ASSETS)}`);
    const rows = page.getByRole('region', { name: 'Assets' });
    await rows.hover();
    await rows.getByRole('link').first().click();
    await expect(page).toHaveURL(/\/assets\/\d+/);
    await page.getByRole('tab', { name: /Findings/ }).click();
    await page.getByRole('button', { name: /^CVE-/ }).first().click();
    const drawer = page.getByRole('dialog', { name: 'Finding' });
    await expect(drawer).toContainText('Score by the source');
    await drawer.getByRole('link', { name: 'All hosts that have it' }).click();
    await expect(page).toHaveURL(/\/assets\?query=finding\.cveId/);
    await expect(page.getByText(/^[\d,]+ assets?$/)).toBeVisible();
    await page.goBack();
    await expect(page).toHaveURL(/\/assets\/\d+\?tab=findings/);
    await page.goBack();
    await expect(page).toHaveURL(/\/assets\?query=asset/);
    await expect(page.getByLabel('Query', { exact: true })).toHaveValue(ASSETS);
    await page.goForward();
    await expect(page).toHaveURL(/\/assets\/\d+\?tab=findings/);
  });

  await test.step('an address opens a finding, also after a reload', async () => {
    await page.goto('/findings');
    await page.getByRole('button', { name: /^CVE-/ }).first().click();
    await expect(page).toHaveURL(/finding=/);
    await page.reload();
    await expect(page.getByRole('dialog', { name: 'Finding' })).toContainText('First found by us');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page).not.toHaveURL(/finding=/);
  });

  await test.step('who signs out is out, and comes back to where they were', async () => {
    await page.goto('/runs/1');
    await page.getByRole('button', { name: /admin/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    await page.goto('/runs/1');
    await field('Name').fill('admin');
    await field('Password').fill(PASSWORD);
    await press('Sign in');
    await expect(page.getByRole('heading', { name: 'Run 1' })).toBeVisible();
    await page.context().storageState({ path: SESSION });
  });
});
