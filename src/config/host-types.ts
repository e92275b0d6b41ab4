import { pythonQuote as quote } from '../model/python-quote.ts';
import type { LogTarget } from './config.ts';
import type { ValueType } from './option.ts';
import { directoryOf, expandUser } from './paths.ts';
import { parseDecimal, ValueError } from './python-text.ts';
import type { ConfigSource, UserAccount } from './source.ts';
import { parsePort } from './value-types.ts';

/** A user by name or number. Throws a ValueError. Source: supervisor/datatypes.py name_to_uid. */
export function requireUser(value: string, source: ConfigSource): UserAccount {
  const uid = parseDecimal(value);
  const user = uid === null ? source.userByName(value) : source.userByUid(uid);
  if (user === null) throw new ValueError(`Invalid user ${uid === null ? 'name' : 'id'} ${value}`);
  return user;
}

function requireGroup(value: string, source: ConfigSource): number {
  const number = parseDecimal(value);
  if (number !== null && source.groupExists(number)) return number;
  const gid = number === null ? source.gidByName(value) : null;
  if (gid === null) throw new ValueError(`Invalid group ${number === null ? 'name' : 'id'} ${value}`);
  return gid;
}

/** The uid of an existing user. */
export const user: ValueType<number> = {
  name: 'user name or uid',
  parse: (value, source) => requireUser(value, source).uid,
};

/** `user` or `user:group`; without a group its gid is -1, which leaves the group unchanged. */
export const userGroup: ValueType<{ readonly uid: number; readonly gid: number }> = {
  name: '`user` or `user:group`',
  parse: (value, source) => {
    const colon = value.indexOf(':');
    const { uid } = requireUser(colon < 0 ? value : value.slice(0, colon), source);
    return { uid, gid: colon < 0 ? -1 : requireGroup(value.slice(colon + 1), source) };
  },
};

/** A path whose directory exists, `~` replaced; a name without a directory always passes. */
export const pathInDirectory: ValueType<string> = {
  name: 'path',
  parse: (value, source) => {
    const path = expandUser(value, source);
    const directory = directoryOf(path);
    if (directory !== '' && !source.isDirectory(directory)) {
      throw new ValueError(`The directory named as part of the path ${value} does not exist`);
    }
    return path;
  },
};

export const existingDirectory: ValueType<string> = {
  name: 'existing directory',
  parse: (value, source) => {
    const path = expandUser(value, source);
    if (!source.isDirectory(path)) throw new ValueError(`${value} is not an existing directory`);
    return path;
  },
};

/** Where a program's output goes; `syslog` is an old way to say it. */
export type LogFile = LogTarget | { readonly kind: 'syslog' };

export const logFile: ValueType<LogFile> = {
  name: 'path, `AUTO` or `NONE`',
  parse: (value, source) => {
    const lower = value.toLowerCase();
    if (lower === 'none' || lower === 'off' || lower === '') return { kind: 'none' };
    if (lower === 'auto' || lower === 'syslog') return { kind: lower };
    return { kind: 'file', path: pathInDirectory.parse(value, source) };
  },
};

function parseBarePort(value: string): number {
  try {
    return parsePort(value);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ValueError(`not a valid port number: ${quote(value)} `);
  }
}

/** An empty host is every interface. */
export const inetAddress: ValueType<{ readonly host: string; readonly port: number }> = {
  name: '`port`, `:port` or `host:port`',
  parse: (value) => {
    const colon = value.lastIndexOf(':');
    if (colon < 0) return { host: '', port: parseBarePort(value) };
    const port = value.slice(colon + 1);
    if (port === '') throw new ValueError("no port number specified in ''");
    const host = value.slice(0, colon).toLowerCase();
    return { host: host === '*' ? '' : host, port: parsePort(port) };
  },
};
