// SPDX-License-Identifier: Apache-2.0
import { expect, test } from './fixtures.ts';

test('a query is asked and an asset opened without a mouse', async ({ page }) => {
  await page.goto('/overview');
  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  const main = page.getByRole('navigation', { name: 'Main' });
  const tabTo = async (name: RegExp, role: 'link' | 'button' | 'textbox') => {
    for (let pressed = 0; pressed < 60; pressed++) {
      await page.keyboard.press('Tab');
      const found = page.getByRole(role, { name }).and(page.locator(':focus'));
      if ((await found.count()) > 0) {
        return;
      }
    }
    throw new Error(`Tab does not lead to ${name}`);
  };
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused();
  await tabTo(/^Assets$/, 'link');
  await page.keyboard.press('Enter');
  await expect(main.getByRole('link', { name: 'Assets' })).toHaveAttribute('aria-current', 'page');
  await tabTo(/^Query$/, 'textbox');
  await page.keyboard.type('asset.status:Active');
  await expect(page.getByLabel('Query', { exact: true })).toHaveText('asset.status:Active');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/query=asset\.status/);
  await tabTo(/^Choose columns$/, 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Domain' })).toBeVisible();
  await page.keyboard.press('Escape');
  await tabTo(/^[\w.-]+-\d+|^[a-z][\w.-]+$/, 'link');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/assets\/\d+/);
});
