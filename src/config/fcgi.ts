import { pythonQuote as quote } from '../model/python-quote.ts';
import type { FcgiSocketConfig } from './config.ts';
import { withNames } from './expand.ts';
import { requireUser } from './host-types.ts';
import { type Reading, readOption, readOptions, reportError } from './load.ts';
import { optional, type Values } from './option.ts';
import { normalizePath } from './paths.ts';
import { ValueError } from './python-text.ts';
import { fcgiSocketSchema } from './schema/fcgi-program.ts';
import type { ConfigSource, UserAccount } from './source.ts';
import { parsePort } from './value-types.ts';

type Parsed = Values<typeof fcgiSocketSchema>;

const EMPTY: FcgiSocketConfig = {
  url: '',
  address: { kind: 'unix', path: '' },
  backlog: null,
  owner: null,
  mode: null,
};

const account = optional<UserAccount>({
  type: { name: 'user name or uid', parse: requireUser },
  expand: 'here',
  onChange: 'group',
  help: '',
});

function unixSocket(url: string, parsed: Parsed, user: UserAccount | null, source: ConfigSource): FcgiSocketConfig {
  const written = url.slice('unix://'.length);
  if (!written.startsWith('/')) {
    throw new ValueError(`('Unix socket path %s is not an absolute path', ${quote(written)})`);
  }
  const path = normalizePath(written, source);
  const other = user !== null && user.uid !== source.uid ? { uid: user.uid, gid: user.gid } : null;
  return {
    url: `unix://${path}`,
    address: { kind: 'unix', path },
    backlog: parsed.socket_backlog,
    owner: parsed.socket_owner ?? other,
    mode: parsed.socket_mode ?? 0o700,
  };
}

function tcpSocket(url: string, parsed: Parsed): FcgiSocketConfig {
  if (parsed.socket_owner !== null || parsed.socket_mode !== null) {
    throw new ValueError('socket_owner and socket_mode params should only be used with a Unix domain socket');
  }
  const match = /^tcp:\/\/([^\s:]+):(\d+)$/.exec(url);
  const [, written, digits] = match ?? [];
  // The tuple is how upstream's message comes out.
  if (written === undefined || digits === undefined) throw new ValueError(`('Bad socket format %s', ${quote(url)})`);
  const host = written.toLowerCase();
  const port = parsePort(digits);
  return {
    url: `tcp://${host}:${port}`,
    address: { kind: 'tcp', host, port },
    backlog: parsed.socket_backlog,
    owner: null,
    mode: null,
  };
}

function checkBacklog(reading: Reading, backlog: number | null): void {
  if (backlog === null || (backlog >= 1 && backlog <= 65535)) return;
  reportError(reading, 'socket_backlog', `Invalid socket_backlog value ${backlog}`);
}

/** The socket of an fcgi-program. Source: supervisor/options.py parse_fcgi_socket. */
export function readFcgiSocket(reading: Reading, program: string): FcgiSocketConfig {
  const user = readOption(reading, 'user', account);
  const { socket: _, ...before } = fcgiSocketSchema;
  const parsedBefore = readOptions(reading, before);
  checkBacklog(reading, parsedBefore.socket_backlog);
  const named: Reading = { ...reading, scope: withNames(reading.scope, { program_name: program }) };
  const url = readOption(named, 'socket', fcgiSocketSchema.socket);
  const section = reading.section.name;
  if (url === null || url === '') {
    reportError(reading, null, `[${section}] section requires a "socket" line`);
    return EMPTY;
  }
  const parsed: Parsed = { ...parsedBefore, socket: url };
  try {
    return url.startsWith('unix://') ? unixSocket(url, parsed, user, reading.load.source) : tcpSocket(url, parsed);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    reportError(reading, 'socket', `${error.message} in [${section}] socket`);
    return EMPTY;
  }
}
