import type { ServerConfig } from './config.ts';
import type { RawSection } from './document.ts';
import { type Load, type Reading, readOption, readOptions, reportError } from './load.ts';
import { normalizePath } from './paths.ts';
import { strip } from './python-text.ts';
import { inetHttpServerSchema } from './schema/inet-http-server.ts';
import { rpcinterfaceSchema } from './schema/rpcinterface.ts';
import { credentialsSchema, unixHttpServerSchema } from './schema/unix-http-server.ts';

function readCredentials(reading: Reading): Pick<ServerConfig, 'username' | 'password'> {
  const { username, password } = readOptions(reading, credentialsSchema);
  if ((username === null) !== (password === null)) {
    reportError(
      reading,
      username === null ? 'password' : 'username',
      `Section [${reading.section.name}] contains incomplete authentication: If a username or a password is specified, both the username and password must be specified`,
    );
  }
  return { username, password };
}

function readInet(load: Load, section: RawSection): ServerConfig {
  const reading: Reading = { load, section, scope: load.base, suffix: false };
  const credentials = readCredentials(reading);
  const address = readOption(reading, 'port', inetHttpServerSchema.port);
  if (load.document.lookup(section, 'port') === undefined) {
    reportError(reading, null, `section [${section.name}] has no port value`);
  }
  return { section: section.name, ...credentials, address: { kind: 'inet', host: '', port: 0, ...address } };
}

function readUnix(load: Load, section: RawSection): ServerConfig {
  const reading: Reading = { load, section, scope: load.base, suffix: false };
  const file = readOption({ ...reading, scope: load.hereScope }, 'file', unixHttpServerSchema.file);
  if (load.document.lookup(section, 'file') === undefined) {
    reportError(reading, null, `section [${section.name}] has no file value`);
  }
  const credentials = readCredentials(reading);
  const chown = readOption(reading, 'chown', unixHttpServerSchema.chown);
  const chmod = readOption(reading, 'chmod', unixHttpServerSchema.chmod);
  const path = normalizePath(strip(file ?? ''), load.source);
  return { section: section.name, ...credentials, address: { kind: 'unix', path, chmod, chown } };
}

/** Every server: inet sections first, then unix ones. Source: supervisor/options.py server_configs_from_parser. */
export function readServers(load: Load): readonly ServerConfig[] {
  const { document } = load;
  return [
    ...document.startingWith('inet_http_server').map((section) => readInet(load, section)),
    ...document.startingWith('unix_http_server').map((section) => readUnix(load, section)),
  ];
}

/** Names of the RPC interfaces with their factories, which are not loaded: the main one is built in. */
export function readRpcInterfaces(load: Load): readonly { readonly name: string; readonly factory: string }[] {
  const key = 'supervisor.rpcinterface_factory';
  return load.document.startingWith('rpcinterface:').map((section) => {
    const reading: Reading = { load, section, scope: load.base, suffix: false };
    const factory = readOption(reading, key, rpcinterfaceSchema[key]);
    if (load.document.lookup(section, key) === undefined) {
      reportError(reading, null, `section [${section.name}] does not specify a ${key}`);
    }
    return { name: section.name.slice('rpcinterface:'.length), factory: factory ?? '' };
  });
}
