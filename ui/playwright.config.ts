// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from '@playwright/test';
import { chromium, SESSION } from './browser-tests/place.ts';

export default defineConfig({
  testDir: 'browser-tests',
  outputDir: 'target/browser-tests/results',
  globalSetup: './browser-tests/server.ts',
  globalTimeout: 15 * 60_000,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json', { outputFile: 'target/browser-tests/results.json' }]],
  use: {
    baseURL: process.env.BROWSER_TESTS_SERVER,
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    colorScheme: 'light',
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromium(), args: ['--disable-gpu'] },
  },
  // The story comes first: what it sets up, and who it signs in, the other tests find there.
  projects: [
    { name: 'story', testMatch: 'story.test.ts' },
    { name: 'later', testMatch: 'later.test.ts', dependencies: ['story'] },
    {
      name: 'console',
      testIgnore: ['story.test.ts', 'later.test.ts'],
      dependencies: ['later'],
      use: { storageState: SESSION },
    },
  ],
});
