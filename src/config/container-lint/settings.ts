import type { Lint, LintContext } from './finding.ts';

/** A program that lives no longer than a moment is started again for ever. */
export const ENDLESS_RESTARTS: Lint = {
  key: 'startsecs',
  findInProgram: ({ process }) => {
    const { startsecs, autorestart, restart_limit } = process;
    if (startsecs > 0 || autorestart !== 'true' || restart_limit !== null) return null;
    return '0 makes every start a success: a program that ends at once is started each second and never becomes FATAL; write startsecs=1, or restart_limit=5/60s';
  },
};

/** Another user with the home of the daemon's. */
export const USER_WITHOUT_HOME: Lint = {
  key: 'user',
  findInProgram: ({ process }, { config, source }) => {
    const { uid, environment } = process;
    if (uid === null || uid === 0 || uid === (config.supervisord.user?.uid ?? source.uid)) return null;
    if (Object.hasOwn(environment, 'HOME')) return null;
    const account = source.userByUid(uid);
    if (account === null) return null;
    const home = source.homeOf(account.name) ?? '';
    return `leaves HOME and USER as the daemon has them, as in Supervisor; write environment=HOME="${source.isDirectory(home) ? home : '…'}",USER="${account.name}"`;
  },
};

/** A daemon that leaves the foreground of its container. */
export const DETACHES: Lint = {
  find: ({ config }) => {
    const text = 'detaches unless it is PID 1, and whoever waits for it believes it has ended; write nodaemon=true';
    return config.supervisord.nodaemon === false ? [{ section: 'supervisord', key: 'nodaemon', found: text }] : [];
  },
};

const LOOPBACK = /^(?:localhost|127(?:\.\d+){1,3}|\[?::1\]?)$/;

/** Control for everybody who reaches the port. */
export const OPEN_SERVER: Lint = {
  find: ({ config }) =>
    config.servers.flatMap(({ section, username, address }) => {
      if (address.kind !== 'inet' || username !== null || LOOPBACK.test(address.host)) return [];
      const instead = `write username= and password=, or port=127.0.0.1:${address.port}`;
      return [{ section, key: 'port', found: `whoever reaches it may start and stop every program; ${instead}` }];
    }),
};

interface Output {
  readonly section: string;
  readonly key: string;
  readonly path: string;
}

/** Every log that means the container's own output and would be rotated, were that not known here. */
function ownOutputs({ config, isOwnOutput }: LintContext): readonly Output[] {
  const { logfile, logfile_maxbytes } = config.supervisord;
  const main = { section: 'supervisord', key: 'logfile', logfile, logfile_maxbytes };
  const streams = config.groups.flatMap(({ processes }) =>
    processes.flatMap(({ section, stdout, stderr }) => [
      { ...stdout, section, key: 'stdout_logfile' },
      { ...stderr, section, key: 'stderr_logfile' },
    ]),
  );
  return [main, ...streams].flatMap(({ section, key, logfile: target, logfile_maxbytes: maxbytes }) => {
    const isRotated = target.kind === 'file' && maxbytes !== 0 && isOwnOutput(target.path);
    return isRotated ? [{ section, key, path: target.path }] : [];
  });
}

/** Told once: it is about using the file in Supervisor too. */
export const ROTATED_OUTPUT: Lint = {
  find: (context) => {
    const found = ownOutputs(context);
    const [first] = found;
    if (first === undefined) return [];
    const others = new Set(found.map((one) => `${one.section}.${one.key}`)).size - 1;
    const more = others === 0 ? '' : ` (${others} more ${others === 1 ? 'log is' : 'logs are'} like this)`;
    const { section, key, path } = first;
    const note = `${path} is never rotated here, but in Supervisor it needs ${key}_maxbytes=0${more}`;
    return [{ section, key, found: { note } }];
  },
};

/** More time to stop than there is. */
export const STOP_BUDGET: Lint = {
  find: ({ config, document, findOverspending }) => {
    const isWritten = (section: string, key: string) => document.sections.get(section)?.options.has(key) ?? false;
    const found = findOverspending(config, isWritten);
    return found === null ? [] : [found];
  },
};
