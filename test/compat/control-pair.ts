/** The real supervisord and ours at work on one configuration, each in a directory of its own, and real clients for both. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { ROOT, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';

/** A method's name, then its parameters. */
export type Call = readonly [string, ...unknown[]];

export interface ControlledDaemon extends TestDaemon {
  readonly which: 'supervisor' | 'initvisor';
  readonly port: number;
}

export const SERVERS = `${'[unix_http_server]\nfile=%DIR%/sock\n'}[inet_http_server]
port=127.0.0.1:%PORT%
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://%DIR%/sock
[supervisord]
nodaemon=true
logfile=%DIR%/main.log
pidfile=%DIR%/pid
childlogdir=%DIR%
identifier=twin
`;

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | NodeJS.Signals;
}

/** Runs a program to its end. */
export async function runProgram(
  words: readonly [string, ...string[]],
  { cwd, input = '' }: { readonly cwd: string; readonly input?: string },
): Promise<RunResult> {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'dumb' };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_TEST_CONTEXT']) delete env[name];
  const [program, ...args] = words;
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined).end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { stdout, stderr, status: signal ?? code };
}

/** What Python's client gets for each call: `{value}`, `{fault: [code, text]}` or the HTTP status of a refusal. */
export async function callAll(
  daemon: ControlledDaemon,
  calls: readonly Call[],
  { overTcp = false }: { readonly overTcp?: boolean } = {},
): Promise<unknown[]> {
  const url = overTcp ? `http://127.0.0.1:${daemon.port}/RPC2` : `unix://${daemon.dir}/sock`;
  const input = JSON.stringify({ url, calls });
  const words = ['/usr/bin/python3', join(ROOT, 'test/compat/control-client.py')] as const;
  const { stdout, stderr } = await runProgram([...words], { cwd: daemon.dir, input });
  if (stdout === '') throw new Error(`the Python client failed: ${stderr}`);
  const answers: unknown = JSON.parse(stdout);
  if (!Array.isArray(answers)) throw new Error('the Python client prints a list');
  return answers;
}

async function startOne(
  t: TestContext,
  which: ControlledDaemon['which'],
  config: string,
  files: Readonly<Record<string, string>>,
): Promise<ControlledDaemon> {
  const port = await freePort();
  const command = which === 'supervisor' ? (['/usr/bin/supervisord'] as const) : undefined;
  const daemon = startDaemon(t, {
    config: (SERVERS + config).replaceAll('%PORT%', String(port)),
    files,
    ...(command === undefined ? {} : { command }),
  });
  return Object.assign(daemon, { which, port });
}

export type DaemonPair = readonly [ControlledDaemon, ControlledDaemon];

/** Waits until that is in a file of each, as what a program writes comes some time after its start. */
export async function waitForFiles(pair: DaemonPair, name: string, text: string): Promise<void> {
  for (const { dir, which } of pair) {
    const path = join(dir, name);
    await waitFor(() => existsSync(path) && readFileSync(path, 'utf8') === text, `${name} of ${which}`);
  }
}

export async function waitForLines(pair: DaemonPair, lines: readonly RegExp[]): Promise<void> {
  for (const daemon of pair) for (const line of lines) await daemon.waitForOutput(line);
}

/** Both, once `settled` is in the main log of each. */
export async function startPair(
  t: TestContext,
  config: string,
  settled: readonly RegExp[],
  files: Readonly<Record<string, string>> = {},
): Promise<DaemonPair> {
  const pair = [await startOne(t, 'supervisor', config, files), await startOne(t, 'initvisor', config, files)] as const;
  await waitForLines(pair, settled);
  for (const daemon of pair) {
    const answers = async () => (await callAll(daemon, [['system.listMethods']]).catch(() => [])).length > 0;
    await waitFor(answers, `an answer of ${daemon.which}`);
  }
  return pair;
}

const TIMED = new Set(['start', 'stop', 'now']);

/** The same whatever directory, port, pids and times were. */
export function withoutChance(value: unknown, { dir, port }: ControlledDaemon): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutChance(item, { dir, port } as ControlledDaemon));
  if (typeof value === 'string') return stableText(value, dir, port);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => {
    if (TIMED.has(key) && typeof item === 'number') return [key, item > 0 ? 'T' : item];
    if (key === 'pid' && typeof item === 'number') return [key, item > 0 ? 'PID' : item];
    return [key, withoutChance(item, { dir, port } as ControlledDaemon)];
  });
  return Object.fromEntries(entries);
}

export function stableText(text: string, dir: string, port: number): string {
  return text
    .replaceAll(dir, '%DIR%')
    .replaceAll(`:${port}`, ':PORT')
    .replace(/\bpid +\d+, uptime [\d:]+/g, 'pid N, uptime T')
    .replace(/---twin-[a-z0-9_]{8}\.log/g, '---twin-********.log')
    .replace(/[A-Z][a-z]{2} \d{2} \d{2}:\d{2} [AP]M/g, 'TIME');
}

/** Fails with both sides of each difference, and with nothing else. */
export function assertNoDifference(
  labels: readonly unknown[],
  theirs: readonly unknown[],
  ours: readonly unknown[],
  isMended: (theirs: unknown, ours: unknown) => boolean,
): void {
  const differences = labels.flatMap((label, i) => {
    const [upstream, own] = [theirs[i], ours[i]];
    return isDeepStrictEqual(upstream, own) || isMended(upstream, own) ? [] : [{ label, upstream, own }];
  });
  if (differences.length > 0) assert.fail(JSON.stringify(differences, null, 1));
}
