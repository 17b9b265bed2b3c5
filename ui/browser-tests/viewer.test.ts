// SPDX-License-Identifier: Apache-2.0
import { api, expect, test } from './fixtures.ts';

test.use({ storageState: { cookies: [], origins: [] } });

test('a Viewer sees everything but the people, and is offered nothing that would be refused', async ({ page }) => {
  const { oneTimePassword } = await api<{ oneTimePassword: string }>('POST', '/users', {
    name: 'vera',
    role: 'VIEWER',
  });
  await page.goto('/connections/1');
  await page.getByRole('textbox', { name: 'Name' }).fill('vera');
  await page.getByRole('textbox', { name: 'Password' }).fill(oneTimePassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('textbox', { name: 'Present password' }).fill(oneTimePassword);
  await page.getByRole('textbox', { name: 'New password', exact: true }).fill('a password of her own');
  await page.getByRole('textbox', { name: 'New password again' }).fill('a password of her own');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await expect(page.getByRole('heading', { name: 'Head office' })).toBeVisible();

  const refused = async (path: string, ...names: (string | RegExp)[]) => {
    await page.goto(path);
    for (const name of names) {
      const button = page.getByRole('button', { name, exact: true }).first();
      await expect(button).toBeDisabled();
      await expect(button).toHaveAttribute('title', 'Only a Manager may do this');
    }
  };
  await refused('/connections/1', 'Run now');
  await refused('/connections/1?tab=profiles', 'New profile');
  await refused('/connections/1?tab=settings', 'Save', 'Test connection', 'Delete the connection');
  await refused('/transform-maps', 'Create New', 'Clone Servers');
  await refused('/transform-maps/Servers', 'Save');
  await refused('/transform-maps/Servers?tab=dry-run', 'Start a dry run');
  await refused('/transform-maps/Servers?tab=versions', 'Clone version 1', 'Restore version 1');
  await refused('/identification-rules', 'Save', 'Reset to default');

  await page.goto('/connectors');
  await expect(page.getByRole('link', { name: 'Head office' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Manage Cortex XDR' })).toHaveCount(0);
  await page.goto('/connectors/cortex-xdr/new');
  await expect(page.getByText('Only a Manager may set up a connection')).toBeVisible();
  await page.goto('/settings');
  await expect(page.getByRole('tab', { name: 'My account' })).toBeVisible();
  await expect(page.getByRole('tab', { name: /Users|tokens|Audit/ })).toHaveCount(0);
  await page.goto('/findings');
  await expect(page.getByRole('button', { name: /^CVE-/ }).first()).toBeVisible();
});
