import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { RpcFault } from '../../src/client/errors.ts';
import type { ProcessInfo } from '../../src/client/supervisor-api.ts';
import { parseEvent } from '../../src/listener/parse-event.ts';
import { PROCESS_STATE_CODES, type ProcessStateName } from '../../src/model/states.ts';
import { createClock } from '../../src/os/clock.ts';
import { runShellCommand } from '../../src/os/run-command.ts';
import type { Command, EventHandler } from '../../src/superlance/command.ts';
import { parseCommandLine } from '../../src/superlance/command-line.ts';
import type { Host, Server } from '../../src/superlance/host.ts';
import { ROOT } from '../support/daemon.ts';

const TLS_FILES = join(ROOT, 'test', 'fixtures', 'tls');
export const CERTIFICATE_FILE = join(TLS_FILES, 'localhost.crt');
export const CERTIFICATE = readFileSync(CERTIFICATE_FILE, 'utf8');
export const KEY = readFileSync(join(TLS_FILES, 'localhost.key'), 'utf8');

/** 2026-11-21 01:20:30.123 in the time zone of the machine. */
export const NOW_MS = new Date(2026, 10, 21, 1, 20, 30, 123).getTime();

export interface FakeHost extends Host {
  /** All that went to stderr. */
  logged(): string;
  /** Commands run, each with its input. */
  readonly commands: { readonly command: string; readonly input: string }[];
}

/** A host whose clock stands still and whose commands do nothing, but for those of `more`. */
export function createHost(more: Partial<Host> = {}): FakeHost {
  let logged = '';
  const commands: FakeHost['commands'] = [];
  return {
    words: [],
    env: {},
    hostname: 'box',
    clock: { monotonicMs: createClock().monotonicMs, wallMs: () => NOW_MS },
    print: () => undefined,
    log: (text) => {
      logged += text;
    },
    readFile: (path) => readFileSync(path, 'utf8'),
    async run(command, input = '') {
      commands.push({ command, input });
      return { output: '', failure: null };
    },
    ...more,
    logged: () => logged,
    commands,
  };
}

/** One process of a fake daemon: `group:name` with its state. */
export function info(
  id: string,
  statename: ProcessStateName = 'RUNNING',
  more: Partial<ProcessInfo> = {},
): ProcessInfo {
  const [group = '', name = group] = id.split(':');
  return {
    name,
    group,
    start: 1000,
    stop: 0,
    now: 1100,
    state: PROCESS_STATE_CODES[statename],
    statename,
    spawnerr: '',
    exitstatus: 0,
    logfile: '',
    stdout_logfile: '',
    stderr_logfile: '',
    pid: statename === 'RUNNING' ? 71 : 0,
    description: '',
    ...more,
  };
}

/** A daemon with these processes that notes what it is asked; `faults` says what it refuses, as `stop web`. */
export function createServerFake(infos: readonly ProcessInfo[] | Error, faults: readonly string[] = []) {
  const calls: string[] = [];
  const answer = async (call: string): Promise<boolean> => {
    calls.push(call);
    if (faults.includes(call)) throw new RpcFault(40, `FAILED: ${call}`);
    return true;
  };
  const server: Server = {
    async getAllProcessInfo() {
      if (infos instanceof Error) throw infos;
      return infos;
    },
    stopProcess: (name) => answer(`stop ${name}`),
    startProcess: (name) => answer(`start ${name}`),
  };
  return { server, calls };
}

/** The handler of a command with these words. */
export function create(command: Command, words: readonly string[], host: Host, server?: Server): EventHandler {
  return command.create(host, parseCommandLine(command.shape, words), server ?? createServerFake([]).server);
}

/** An event as the daemon would send it. */
export function event(eventName: string, payload = '') {
  return parseEvent({ version: '3.0', server: 's', serial: 1, pool: 'p', poolSerial: 1, eventName }, payload);
}

export const TICK = event('TICK_60', 'when:60');

/** `group:name` has ended. */
export function exited(id: string, expected: 0 | 1 = 0) {
  const { name, group } = info(id);
  return event(
    'PROCESS_STATE_EXITED',
    `processname:${name} groupname:${group} from_state:RUNNING expected:${expected} pid:71`,
  );
}

/** Port of a server that listens on 127.0.0.1 until the test ends. */
export async function portOf(t: TestContext, server: HttpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** Base URL of an HTTP server. */
export async function serveHttp(t: TestContext, answer: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await portOf(t, createServer(answer))}`;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body with plain line ends. */
  readonly text: string;
  readonly secure: boolean;
  readonly user: string | null;
}

/** A mail server on loopback with the certificate of the fixtures. */
export async function serveMail(t: TestContext, options: SMTPServerOptions = {}) {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    key: KEY,
    cert: CERTIFICATE,
    authOptional: true,
    logger: false,
    onAuth({ username, password }, _session, done) {
      if (password === 'secret') done(null, { user: username ?? '' });
      else done(new Error('wrong password'));
    },
    onData(stream, { envelope, secure, user }, done) {
      let text = '';
      stream.setEncoding('utf8').on('data', (data: string) => (text += data));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        mails.push({
          from,
          to,
          text: text.replaceAll('\r\n', '\n'),
          secure,
          user: typeof user === 'string' ? user : null,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.after(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = listening.address() as AddressInfo;
  return { mails, port, host: `127.0.0.1:${port}` };
}

export { runShellCommand };
