// SPDX-License-Identifier: Apache-2.0
import { expect, test } from './fixtures.ts';
import { inspect } from './inspect.ts';

test('an asset of several records is split by hand, and the split undone', async ({ page }) => {
  await page.goto('/assets/3?tab=sources');
  const sources = page.getByRole('tab', { name: /^Sources/ });
  await expect(sources).toContainText(/[2-9]/);
  const count = Number((await sources.textContent())?.replace(/\D/g, ''));
  await page.getByRole('button', { name: 'Split this asset …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Split this asset' });
  await expect(dialog.getByRole('button', { name: 'Split', exact: true })).toBeDisabled();
  await dialog
    .getByRole('checkbox', { name: /Branch inventory/ })
    .first()
    .check();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Two machines, one name');
  await inspect(page, 'asset-split');
  await dialog.getByRole('button', { name: 'Split', exact: true }).click();
  await expect(page.getByText('Two machines, one name')).toBeVisible();
  await expect(sources).toContainText(String(count - 1));
  await page.getByRole('button', { name: 'Undo the split' }).click();
  await expect(page.getByText('Two machines, one name')).toHaveCount(0);
  await expect(sources).toContainText(String(count));
});
