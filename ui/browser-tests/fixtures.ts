// SPDX-License-Identifier: Apache-2.0
import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';

/** What the browser's console says of an answer that is meant to be a refusal. */
type Refusal = { status: number; path: RegExp };

/** Nobody is signed in yet: that is how the console finds out. */
const KNOWN: Refusal[] = [{ status: 401, path: /^\/api\/v1\/me$/ }];

/** Watches pages for what must never be: a fault in the console, a broken Content-Security-Policy, a foreign host. */
export class Watch {
  private readonly faults: string[] = [];
  private readonly refusals = [...KNOWN];

  constructor(private readonly server: string) {}

  /** Says that the server is going to refuse something. */
  expectRefusal(status: number, path: RegExp) {
    this.refusals.push({ status, path });
  }

  over(context: BrowserContext) {
    context.on('page', (page) => this.overPage(page));
    context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(`${this.server}/`) && !url.startsWith('data:')) {
        this.faults.push(`asked another host: ${url}`);
      }
    });
  }

  private overPage(page: Page) {
    page.on('pageerror', (fault) => this.faults.push(`uncaught: ${fault.stack ?? fault.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' || /Content.Security.Policy/i.test(message.text())) {
        const at = message.location().url;
        if (!this.isExpected(message.text(), at)) {
          this.faults.push(`console: ${message.text()} ${at}`);
        }
      }
    });
  }

  private isExpected(text: string, at: string): boolean {
    const status = Number(/responded with a status of (\d+)/.exec(text)?.[1]);
    return this.refusals.some((one) => one.status === status && one.path.test(new URL(at).pathname));
  }

  nothingIsWrong() {
    expect(this.faults, 'console errors, policy violations, requests to other hosts').toEqual([]);
  }
}

export const test = base.extend<{ watch: Watch }>({
  watch: [
    async ({ context, baseURL }, use) => {
      const watch = new Watch(baseURL ?? '');
      watch.over(context);
      await use(watch);
      watch.nothingIsWrong();
    },
    { auto: true },
  ],
});

export { expect };

/** Asks the server's API as its own token may, to set up what a test needs. */
export async function api<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${process.env.BROWSER_TESTS_SERVER}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${process.env.BROWSER_TESTS_TOKEN}`, 'Content-Type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
  return (answer.status === 204 ? undefined : await answer.json()) as T;
}
