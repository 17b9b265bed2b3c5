// SPDX-License-Identifier: Apache-2.0
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** All that a run of these tests writes. */
export const TARGET = join(ROOT, 'ui', 'target', 'browser-tests');
/** The cookies of the Manager that the story signed in. */
export const SESSION = join(TARGET, 'session.json');

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The browser: `ETM_CHROMIUM`, or what the PATH has. */
export function chromium(): string {
  const places = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const found = [process.env.ETM_CHROMIUM, ...places].find((file) => file && isProgram(file));
  if (!found) {
    throw new Error(
      'There is no Chromium. Install it ("apt install chromium"), or point to one: ETM_CHROMIUM=/path/to/chrome',
    );
  }
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
