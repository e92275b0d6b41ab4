/** Text of a file, null where it cannot be read. */
type ReadText = (path: string) => string | null;

/** A program that goes into the background by itself, or starts one that does. */
export interface Daemonizer {
  readonly names: RegExp;
  /** What is wrong with these arguments, and what to write; null: it stays in the foreground. */
  readonly find: (args: readonly string[], readText: ReadText, name: string) => string | null;
}

/** `-D` also as part of `-De`; `--daemon` also with a value. To stay in the foreground little is enough. */
function hasFlag(args: readonly string[], flag: string): boolean {
  const letter = /^-(\w)$/.exec(flag)?.[1];
  return args.some(
    (arg) => arg === flag || arg.startsWith(`${flag}=`) || (letter && new RegExp(`^-\\w*${letter}`).test(arg)),
  );
}

/** The word after one of these flags, or the rest of it. */
function valueAfter(args: readonly string[], ...flags: readonly string[]): string | null {
  const at = args.findIndex((arg) => flags.includes(arg));
  return at < 0 ? null : (args[at + 1] ?? null);
}

const names = (list: string) => new RegExp(`^(?:${list.split(' ').join('|')})$`);

const LEAVES = 'goes into the background, where it counts as ended';

/** It leaves unless one of these flags is there, of which the first is the one to write, or its file says so. */
function unless(list: string, flags: string, inFile = ''): Daemonizer {
  const all = flags.split(' ');
  const but = inFile === '' ? '' : `, unless its own file says "${inFile}"`;
  const find: Daemonizer['find'] = (args, _readText, name) =>
    all.some((flag) => hasFlag(args, flag)) ? null : `${name} ${LEAVES}${but}; write ${name} ${all[0]}`;
  return { names: names(list), find };
}

/** It leaves when one of these words is there. */
function when(list: string, words: string): Daemonizer {
  const find: Daemonizer['find'] = (args, _readText, name) => {
    const word = args.find((arg) => words.split(' ').includes(arg.replace(/=.*/s, '')));
    return word === undefined ? null : `with ${word.replace(/=.*/s, '')} ${name} ${LEAVES}; leave it out`;
  };
  return { names: names(list), find };
}

/** It starts something else, ends and leaves that behind, when one of these words is there; not with `waits`. */
function starter(list: string, words: string, hint: string, waits = ''): Daemonizer {
  const find: Daemonizer['find'] = (args, _readText, name) => {
    const word = args.find((arg) => words.split(' ').includes(arg));
    return word === undefined || args.includes(waits)
      ? null
      : `${name} ${word} leaves a daemon in the background and ends; write ${hint}`;
  };
  return { names: names(list), find };
}

const NGINX: Daemonizer = {
  names: names('nginx openresty angie tengine'),
  find: (args, readText, name) => {
    if (/\bdaemon\s+off\b/.test(args.join(' ')) || ['-t', '-T', '-v', '-V', '-s'].some((flag) => args.includes(flag))) {
      return null;
    }
    const text = readText(valueAfter(args, '-c') ?? `/etc/${name}/nginx.conf`) ?? '';
    if (/^\s*daemon\s+off\s*;/m.test(text)) return null;
    return `${name} ${LEAVES}, unless its own file says "daemon off;"; write ${name} -g "daemon off;"`;
  },
};

const APACHE: Daemonizer = {
  names: names('apache2 httpd apache2ctl apachectl'),
  find: (args, _readText, name) => {
    const text = args.join(' ');
    if (/-D\s*(?:FOREGROUND|NO_DETACH)\b/.test(text) || /(?:^|\s)-(?:X|[vVtlLShM])\b/.test(text)) return null;
    // That of busybox has a flag for it.
    if (name === 'httpd' && args.some((arg) => /^-\w*f/.test(arg))) return null;
    if (name.endsWith('ctl') && /configtest|stop|status/.test(text)) return null;
    return `${name} ${LEAVES}; write ${name} -D FOREGROUND`;
  },
};

const PHP_FPM: Daemonizer = {
  names: /^php\d*-fpm[\d.]*$|^php-fpm[\d.]*$/,
  find: (args, readText, name) => {
    if (['-F', '--nodaemonize', '-t', '-v', '-i', '-m'].some((flag) => hasFlag(args, flag))) return null;
    const files = [
      valueAfter(args, '-y', '--fpm-config'),
      '/usr/local/etc/php-fpm.d/zz-docker.conf',
      '/usr/local/etc/php-fpm.conf',
    ];
    const texts = files.map((file) => (file === null ? '' : (readText(file) ?? '')));
    if (texts.some((text) => /^\s*daemonize\s*=\s*(?:no|off|false|0)\b/im.test(text))) return null;
    return `${name} ${LEAVES}, unless its own file says "daemonize = no"; write ${name} -F`;
  },
};

const REDIS: Daemonizer = {
  names: names('redis-server redis-sentinel valkey-server valkey-sentinel keydb-server'),
  find: (args, readText, name) => {
    const given = valueAfter(args, '--daemonize');
    if (given === 'yes') return `with --daemonize yes ${name} ${LEAVES}; leave it out`;
    const [file = ''] = args;
    if (given !== null || !/^[^-]/.test(file) || !/^\s*daemonize\s+yes\b/m.test(readText(file) ?? '')) return null;
    return `${name} ${LEAVES}, as ${file} says "daemonize yes"; write ${name} ${file} --daemonize no`;
  },
};

const HAPROXY: Daemonizer = {
  names: names('haproxy'),
  find: (args, readText) => {
    if (hasFlag(args, '-c') || ['-db', '-Ws', '-vv', '-v'].some((flag) => args.includes(flag))) return null;
    if (args.includes('-D')) return `with -D haproxy ${LEAVES}; leave it out`;
    const file = valueAfter(args, '-f');
    if (file === null || !/^\s*daemon\s*$/m.test(readText(file) ?? '')) return null;
    return `haproxy ${LEAVES}, as ${file} says "daemon"; write haproxy -db`;
  },
};

const SUPERVISORD: Daemonizer = {
  names: names('supervisord'),
  find: (args, readText) => {
    if (['-n', '--nodaemon', '-v', '-h'].some((flag) => hasFlag(args, flag))) return null;
    const file = valueAfter(args, '-c', '--configuration');
    if (file !== null && /^\s*nodaemon\s*[=:]\s*(?:true|yes|on|1)\b/im.test(readText(file) ?? '')) return null;
    return `Supervisor's supervisord ${LEAVES}; write supervisord -n`;
  },
};

const SETSID: Daemonizer = {
  names: names('setsid'),
  find: (args) =>
    hasFlag(args, '-w') || args.includes('--wait') || args.includes('--help')
      ? null
      : `setsid ${LEAVES}; leave setsid out (a program has a process group of its own), or write setsid --wait`,
};

const SERVICE: Daemonizer = {
  names: /^(?:service|rc-service|invoke-rc\.d|initctl|systemctl|\/etc\/(?:init|rc)\.d\/.*)$/,
  find: (args, _readText, name) =>
    args.some((arg) => ['start', 'restart'].includes(arg))
      ? `${name} leaves a daemon in the background and ends; write the daemon's own command, in the foreground`
      : null,
};

const CELERY: Daemonizer = {
  names: names('celery'),
  find: (args) => {
    // `-A multi` is an application of that name.
    const word = args.find(
      (arg, at) => arg === '--detach' || arg === '-D' || (arg === 'multi' && !/^-/.test(args[at - 1] ?? '')),
    );
    if (word === undefined) return null;
    return `with ${word} celery ${LEAVES}; ${word === 'multi' ? 'write celery worker' : 'leave it out'}`;
  },
};

/** Well-known programs, each with the words that decide it. */
export const DAEMONIZERS: readonly Daemonizer[] = [
  NGINX,
  APACHE,
  PHP_FPM,
  REDIS,
  HAPROXY,
  SUPERVISORD,
  CELERY,
  SETSID,
  SERVICE,
  unless('sshd', '-D -d -i -t -T'),
  unless('cron', '-f -n'),
  unless('crond', '-f -n -d -i'),
  unless('atd', '-f -d -s'),
  unless('rsyslogd', '-n -N -v'),
  unless('syslog-ng', '-F --foreground -V -s'),
  unless('squid', '-N --foreground -z -k -v'),
  unless('lighttpd', '-D -t -p -v -V'),
  unless('dropbear', '-F -i -V'),
  unless('xinetd', '-dontfork -d'),
  unless('dnsmasq', '-k --keep-in-foreground -d --no-daemon --test -v', 'keep-in-foreground'),
  unless('named', '-f -g -v -V'),
  unless('unbound', '-d -V -h', 'do-daemonize: no'),
  unless('dovecot', '-F -n -a'),
  unless('proftpd', '-n --nodaemon -t -v'),
  unless('slapd', '-d -T -V'),
  unless('ntpd', '-n -d -q'),
  unless('chronyd', '-d -n -q -Q -p -v'),
  unless('snmpd snmptrapd', '-f -v -h'),
  unless('varnishd', '-F -d -V -x'),
  unless('zabbix_server zabbix_proxy zabbix_agentd', '-f --foreground -t -p -V -R'),
  unless('keepalived', '-n --dont-fork -v -t'),
  unless('freeradius radiusd', '-f -X -v -C'),
  unless('cupsd', '-f -F -t'),
  when('mysqld mariadbd', '--daemonize'),
  when('memcached', '-d --daemon'),
  when('gunicorn unicorn unicorn_rails', '-D --daemon --daemonize'),
  when('uwsgi', '--daemonize --daemonize2'),
  when('mongod mongos', '--fork'),
  when('openvpn', '--daemon'),
  when('elasticsearch', '-d --daemonize'),
  when('rabbitmq-server', '-detached'),
  when('kafka-server-start kafka-server-start.sh', '-daemon'),
  when('avahi-daemon', '-D --daemonize'),
  when('exim exim4', '-bd'),
  when('pure-ftpd', '-B --daemonize'),
  when('x11vnc', '-bg'),
  when('start-stop-daemon', '-b --background'),
  starter('pg_ctl', 'start restart', 'postgres -D DIRECTORY'),
  starter('postfix', 'start', 'postfix start-fg'),
  starter('zkServer.sh', 'start', 'zkServer.sh start-foreground'),
  starter('catalina.sh', 'start', 'catalina.sh run'),
  starter('pm2', 'start', 'pm2-runtime start', '--no-daemon'),
  starter('pg_ctlcluster', 'start restart', 'pg_ctlcluster --foreground', '--foreground'),
  {
    names: names('dbus-daemon'),
    find: (args) =>
      args.includes('--system') && !args.includes('--nofork')
        ? `dbus-daemon --system ${LEAVES}; write dbus-daemon --system --nofork`
        : null,
  },
];
