import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Config, GroupConfig, ProcessConfig, ServerConfig } from '../../src/config/config.ts';
import type { Schema } from '../../src/config/option.ts';
import { loadConfig } from '../../src/config/parse.ts';
import { programSchema } from '../../src/config/schema/program.ts';
import { supervisordSchema } from '../../src/config/schema/supervisord.ts';
import { NO_FLAGS, systemSource } from '../config/sources.ts';
import { CONFIG_CASES, INCLUDED } from './config-cases.ts';
import { realizeAll, skipWithoutPackage } from './realize.ts';

const WILD = join(import.meta.dirname, '../fixtures/config/wild');

const ENV = {
  HOME: '/root',
  PATH: '/usr/bin:/bin',
  LANG: 'C.UTF-8',
  APP_ENV: 'prod',
  DATABASE_URL: 'postgresql+psycopg2://a:b@db/airflow',
  DISPLAY_HEIGHT: '768',
  DISPLAY_WIDTH: '1024',
  JUPYTER_TOKEN: 's3cret',
  ODOO_WORKERS: '2',
  PORT: '8000',
  REDIS_PASSWORD: 'p w',
  START_XVFB: 'true',
  SUPERVISOR_PASSWORD: 'pass',
  SUPERVISOR_USER: 'admin',
};

/** Without what only initvisor knows. */
function withoutAdditions(values: object, schema: Schema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => schema[key]?.since !== 'initvisor'));
}

function processShape(process: ProcessConfig): unknown {
  const { section: _s, program: _p, group: _g, log_rate_limit: _l, stopsignal, ...rest } = process;
  return { ...withoutAdditions(rest, programSchema), stopsignal: stopsignal[0]?.signal };
}

function groupShape({ name, priority, processes, fcgi, listener }: GroupConfig): unknown {
  const owner = fcgi?.owner ? [fcgi.owner.uid, fcgi.owner.gid] : null;
  return {
    ...{ name, priority, processes: processes.map(processShape) },
    ...(fcgi === null ? {} : { fcgi: { url: fcgi.url, backlog: fcgi.backlog, owner, mode: fcgi.mode } }),
    ...(listener === null ? {} : { buffer_size: listener.buffer_size, events: [...listener.events].sort() }),
  };
}

function serverShape({ section, username, password, address }: ServerConfig): unknown {
  if (address.kind === 'inet') return { section, username, password, host: address.host, port: address.port };
  const chown = address.chown === null ? [-1, -1] : [address.chown.uid, address.chown.gid];
  return { section, username, password, file: address.path, chmod: address.chmod, chown };
}

function configShape({ supervisord, groups, servers, messages }: Config): unknown {
  const { user, logfile, nodaemon, ...rest } = supervisord;
  const texts = (level: string) => messages.filter((message) => message.level === level).map(({ text }) => text);
  return {
    supervisord: {
      ...withoutAdditions(rest, supervisordSchema),
      logfile: logfile.kind === 'syslog' ? 'syslog' : logfile.path,
      nodaemon: nodaemon ?? false,
      uid: user?.uid ?? null,
      gid: user?.gid ?? null,
    },
    groups: groups.map(groupShape),
    servers: servers.map(serverShape),
    warnings: texts('warn').sort(),
    infos: texts('info'),
  };
}

/** Names of variables are left out of our errors, and `cpus` is ours. */
const withoutNames = (text: string) => text.replace(/Available names: [^\n]*?(?= in section |$)/, 'Available names: …');

function ours(path: string): unknown {
  const result = loadConfig(systemSource(ENV), { path, flags: NO_FLAGS, strict: false });
  return result.ok ? configShape(result.config) : { error: withoutNames(result.fatal) };
}

function theirs(made: unknown): unknown {
  if (typeof made !== 'object' || made === null || !('error' in made)) return made;
  return { error: withoutNames(String(made.error)) };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a configuration means the same as in the real Supervisor', { skip: skipWithoutPackage }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'config-compat-'));
  after(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'cases/inc'), { recursive: true });
  for (const [name, text] of Object.entries(INCLUDED)) writeFileSync(join(directory, 'cases/inc', name), text);
  const cases = CONFIG_CASES.map(([title, text], index) => {
    const path = join(directory, 'cases', `${index}.conf`);
    writeFileSync(path, text);
    return { title, path };
  });
  const wild = readdirSync(WILD)
    .filter((name) => name.endsWith('.conf'))
    .map((name) => ({ title: name, path: join(WILD, name), wild: true }));
  const all = [...cases.map((one) => ({ ...one, wild: false })), ...wild];
  const made =
    skipWithoutPackage === false
      ? realizeAll(
          all.map(({ path }) => path),
          ENV,
        )
      : [];
  for (const [index, one] of all.entries()) {
    it(JSON.stringify(one.title), () => {
      const expected = theirs(made[index]);
      if (one.wild) assert.ok(!JSON.stringify(expected).startsWith('{"error"'), JSON.stringify(expected));
      assert.deepEqual(plain(ours(one.path)), plain(expected));
    });
  }
});
