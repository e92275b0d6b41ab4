/** Runs Debian's supervisorctl and ours with the same words. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ROOT } from '../support/daemon.ts';

export const INITVISORCTL = join(ROOT, 'dist', 'initvisorctl.cjs');
const SUPERVISORCTL = '/usr/bin/supervisorctl';

export interface CtlResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | NodeJS.Signals;
}

export interface CtlOptions {
  readonly cwd: string;
  /** Standard input; without it there is none. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Before ours, and before upstream's as well: brings back what they find. */
  readonly before?: () => Promise<void>;
}

async function run(program: string, words: readonly string[], options: CtlOptions): Promise<CtlResult> {
  const env: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'dumb', ...options.env };
  for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_TEST_CONTEXT']) delete env[name];
  const child = spawn(program, words, { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { stdout, stderr, status: signal ?? code };
}

/** Ours alone. */
export function runOurs(words: readonly string[], options: CtlOptions): Promise<CtlResult> {
  return run(process.execPath, [INITVISORCTL, ...words], options);
}

export function runUpstream(words: readonly string[], options: CtlOptions): Promise<CtlResult> {
  return run(SUPERVISORCTL, words, options);
}

/** Without what differs from one run to the next, and without file and line of upstream's own source. */
function normalize(text: string): string {
  return text
    .replace(/(error: <class .*): file: \S+ line: \d+$/gm, '$1')
    .replace(/\bpid +\d+, uptime [\d:]+/g, 'pid N, uptime T')
    .replace(/^\d{2,}$/gm, 'PID')
    .replace(/[A-Z][a-z]{2} \d{2} \d{2}:\d{2} [AP]M/g, 'TIME');
}

/** What counts: standard output and exit status. */
export function comparable({ stdout, status }: CtlResult): { readonly stdout: string; readonly status: unknown } {
  return { stdout: normalize(stdout), status };
}

/** Processes that start or stop together are listed as each is done, which no client decides. */
function inAnyOrder({ stdout, ...more }: ReturnType<typeof comparable>) {
  return { ...more, stdout: stdout.split('\n').sort().join('\n') };
}

const ACTS_ON_MANY = /^(start|stop|restart) .*(\*|all)/;

/** One command line after the other with upstream's, then with ours; the same must come out of both. */
export async function assertSame(lines: readonly (readonly string[])[], options: CtlOptions): Promise<void> {
  const results = async (one: typeof runOurs) => {
    await options.before?.();
    const all = [];
    for (const words of lines) {
      const result = comparable(await one(words, options));
      all.push({ words, ...(ACTS_ON_MANY.test(words.slice(2).join(' ')) ? inAnyOrder(result) : result) });
    }
    return all;
  };
  const expected = await results(runUpstream);
  assert.deepEqual(await results(runOurs), expected);
}
