// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import type { AxeResults, RunOptions } from 'axe-core';
import { ROOT } from './place.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * Looks at the page as it is now, light and dark: nobody is kept out by how it is made, and nothing juts out of the
 * window. `SCREENSHOTS=1` also keeps its picture for the documents, under this name.
 */
export async function inspect(page: Page, name: string) {
  await settled(page);
  await expectAccessible(page, `${name}, light`, {});
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
    `${name} is wider than the window`,
  ).toBeLessThanOrEqual(0);
  if (process.env.SCREENSHOTS) {
    await page.screenshot({ path: join(ROOT, 'docs', 'images', 'console', `${name}.png`) });
  }
  // What does not depend on colours was seen already.
  await colours(page, 'dark');
  await expectAccessible(page, `${name}, dark`, { runOnly: ['color-contrast'] });
  await colours(page, 'light');
}

async function settled(page: Page) {
  // Nothing has been on its way for a while; one answer often leads to the next question.
  await expect(async () => {
    for (let looks = 0; looks < 3; looks++) {
      await expect(page.getByText(/^Loading .* …$/)).toHaveCount(0, { timeout: 1 });
      await page.waitForTimeout(100);
    }
  }).toPass();
  await page.evaluate(() => document.fonts.ready);
  // Colours that are on their way to others are nobody's fault.
  await page.addStyleTag({ content: '* { transition: none !important; animation: none !important }' });
}

async function colours(page: Page, scheme: 'light' | 'dark') {
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', scheme);
}

async function expectAccessible(page: Page, what: string, options: RunOptions) {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(AXE);
  }
  const { violations } = await page.evaluate<AxeResults, RunOptions>(
    // biome-ignore lint/suspicious/noExplicitAny: it was put there just now
    (wanted) => (window as any).axe.run(document, wanted),
    { resultTypes: ['violations'], ...options },
  );
  const faults = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes
        // A menu of Mantine's begins with a hidden element that takes the first focus.
        .filter((node) => !(id === 'aria-required-children' && node.html.includes('data-menu-dropdown')))
        .map((node) => `${id}: ${help}\n  ${node.html}\n  ${node.failureSummary}`),
    );
  expect.soft(faults, what).toEqual([]);
}
