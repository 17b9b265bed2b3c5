// SPDX-License-Identifier: Apache-2.0
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ROOT, TARGET } from './place.ts';

const ETM = join(ROOT, 'etm');
const STARTS_WITHIN = 120_000;

/** Starts one server with its database, and one simulated tenant, for all tests; returns what ends them. */
export default async function start() {
  const data = join(TARGET, 'data');
  rmSync(TARGET, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  // Builds what is not built, before two programs would do so at once.
  const built = spawnSync(ETM, ['build'], { stdio: 'inherit' });
  if (built.status !== 0) {
    throw new Error('./etm build failed; what it says is above.');
  }
  const port = await freePort();
  const children = [
    run('simulator', ['--port', '0', '--endpoints', '2000', '--cves', '50', '--latency', '60ms']),
    // what is left of a tenant whose key may see little of it
    run('simulator', ['--port', '0', '--endpoints', '200', '--cves', '5'], 'narrowed'),
    run('serve', [
      ...['--port', String(port), '--data', data, '--log-format', 'plain'],
      ...['--allow-plain-http', '--allow-private-targets', '127.0.0.1'],
    ]),
  ] as const;
  const end = async () => {
    await Promise.all(children.map(stop));
  };
  try {
    const [simulator, narrowed, server] = children;
    const address = (tenant: Running) => until(tenant, async () => /tenant: (http:\S+)/.exec(log(tenant))?.[1]);
    process.env.BROWSER_TESTS_TENANT = await address(simulator);
    process.env.BROWSER_TESTS_NARROWED_TENANT = await address(narrowed);
    process.env.BROWSER_TESTS_SERVER = `http://127.0.0.1:${port}`;
    process.env.BROWSER_TESTS_TOKEN = await until(server, async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
      return answer?.ok ? readFileSync(join(data, 'api-token'), 'utf8').trim() : undefined;
    });
  } catch (fault) {
    await end();
    throw fault;
  }
  return end;
}

type Running = { child: ChildProcess; name: string; output: string };

function run(command: string, words: string[], name = command): Running {
  const output = join(TARGET, `${name}.log`);
  const file = openSync(output, 'w');
  return { child: spawn(ETM, [command, ...words], { stdio: ['ignore', file, file] }), name, output };
}

const log = (running: Running) => readFileSync(running.output, 'utf8');

async function until<T>(running: Running, done: () => Promise<T | undefined>): Promise<T> {
  const began = Date.now();
  for (;;) {
    const result = await done();
    if (result !== undefined) {
      return result;
    }
    if (running.child.exitCode !== null || Date.now() - began > STARTS_WITHIN) {
      const why = running.child.exitCode === null ? 'took too long to start' : 'ended';
      throw new Error(`./etm ${running.name} ${why}. Its output, ${running.output}:\n${log(running).slice(-2_000)}`);
    }
    await new Promise((later) => setTimeout(later, 100));
  }
}

async function stop({ child }: Running) {
  if (child.exitCode === null) {
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? done(address.port) : fail(new Error('No port is free')),
      );
    });
  });
}
