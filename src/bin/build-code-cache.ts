import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A daemon's whole life in a moment: one program ends by itself, the other is stopped. */
function writeConfig(folder: string): string {
  const path = join(folder, 'supervisord.conf');
  const common = ['startsecs=0', 'autorestart=false'];
  const lines = [
    '[supervisord]',
    'nodaemon=true',
    'silent=true',
    `logfile=${folder}/supervisord.log`,
    `pidfile=${folder}/supervisord.pid`,
    `childlogdir=${folder}`,
    'termination_log=/dev/null',
    '[program:stopped]',
    'command=cat',
    ...common,
    '[program:main]',
    'command=sh -c "echo started; sleep 0.1"',
    'main=true',
    ...common,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Removes what an earlier build left, which fits another bundle. */
export function removeCodeCaches(directory: string): void {
  for (const name of readdirSync(directory)) if (name.endsWith('.cache')) rmSync(join(directory, name));
}

/** One program, as initvisor.processes tells it. */
const PROCESS = {
  name: 'main',
  group: 'main',
  start: 1,
  stop: 0,
  now: 2,
  state: 20,
  statename: 'RUNNING',
  spawnerr: '',
  exitstatus: 0,
  logfile: '',
  stdout_logfile: '',
  stderr_logfile: '',
  pid: 1,
  description: 'pid 1, uptime 0:00:01',
};

/** What a client is told while its code cache is made. */
const REPLY =
  '<methodResponse><params><param><value><string>' +
  `${JSON.stringify([PROCESS])}</string></value></param></params></methodResponse>`;

/** A server that says just this. */
async function serveReplies(path: string): Promise<Server> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(REPLY));
  });
  server.listen(path);
  await once(server, 'listening');
  return server;
}

type Bundle = (source: string, outfile: string) => Promise<void>;

/**
 * Writes the code caches for the Node that runs this; where the programs cannot run, as in a cross build, there are none.
 * `bundle` makes one CommonJS file of a source.
 */
export async function buildCodeCaches(directory: string, bundle: Bundle): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'initvisor-build-'));
  try {
    const recorder = join(folder, 'record.cjs');
    await bundle('src/bin/record-code-cache.ts', recorder);
    await record(recorder, ['initvisor', directory, '-c', writeConfig(folder)]);
    await recordClient(recorder, directory, folder);
    await record(recorder, ['init-mode', directory, '--', 'true']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function recordClient(recorder: string, directory: string, folder: string): Promise<void> {
  const socket = join(folder, 'sock');
  const config = join(folder, 'supervisorctl.conf');
  writeFileSync(config, `[supervisorctl]\nserverurl=unix://${socket}\n`);
  const server = await serveReplies(socket);
  try {
    await record(recorder, ['initvisorctl', directory, '-c', config, 'status']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function record(recorder: string, args: readonly string[]): Promise<void> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [recorder, ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (complaints += text));
  const [status] = await once(child, 'close');
  if (status !== 0) console.error(`no code cache: ${args[0]} does not run here: ${complaints}`);
}
