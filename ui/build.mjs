// SPDX-License-Identifier: Apache-2.0
// Builds the console, unless what it is made from has not changed since the last time. Called by Maven.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const home = dirname(fileURLToPath(import.meta.url));
process.chdir(home);

const INSTALLED = ['package.json', 'package-lock.json', '.npmrc'];
const API = '../server/src/main/resources/openapi/etm-connect.yaml';
const BUILT = [
  ...INSTALLED,
  'build.mjs',
  'index.html',
  'tsconfig.json',
  'vite.config.ts',
  'pageWeight.ts',
  'public',
  'src',
  API,
];
const CHECKED = [...BUILT, 'biome.json', 'playwright.config.ts', 'browser-tests'];

function files(path) {
  if (!existsSync(path)) {
    return [];
  }
  return statSync(path).isDirectory()
    ? readdirSync(path)
        .sort()
        .flatMap((name) => files(join(path, name)))
    : [path];
}

function digest(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(files).filter((path) => !path.endsWith('schema.d.ts'))) {
    hash.update(path).update('\0').update(readFileSync(path));
  }
  return hash.digest('hex');
}

async function unlessDone(stamp, paths, proof, work) {
  const wanted = digest(paths);
  const file = join('target', stamp);
  if (existsSync(proof) && existsSync(file) && readFileSync(file, 'utf8') === wanted) {
    return;
  }
  rmSync(file, { force: true });
  await work();
  mkdirSync('target', { recursive: true });
  writeFileSync(file, wanted);
}

function npm(...words) {
  return new Promise((done) => {
    const child = spawn('npm', words, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1' },
    });
    child.on('exit', (status) => {
      if (status !== 0) {
        console.error(`"npm ${words.join(' ')}" failed in ${home}; what it says is above.`);
        process.exit(1);
      }
      done();
    });
  });
}

const run = (script) => npm('run', '--silent', script);

await unlessDone('installed', INSTALLED, 'node_modules', () => npm('ci', '--no-progress', '--loglevel=error'));
await unlessDone('typed', [...INSTALLED, API], 'src/api/schema.d.ts', () => run('api'));
await Promise.all([
  unlessDone('built', BUILT, 'dist/index.html', () => run('build')),
  unlessDone('checked', CHECKED, 'src', async () => {
    await Promise.all([run('lint'), run('types')]);
    await run('test');
  }),
]);
