import {
  type Daemonizer,
  hasFlag,
  LEAVES,
  names,
  starter,
  unless,
  unlessFile,
  valueAfter,
  when,
} from './daemonizer.ts';

const NGINX = unlessFile({
  names: names('nginx'),
  stays: (args) => /\bdaemon\s+off\b/.test(args.join(' ')) || args.some((arg) => /^-[tTvVs]$/.test(arg)),
  files: (args) => [valueAfter(args, '-c') ?? '/etc/nginx/nginx.conf'],
  says: /^\s*daemon\s+off\s*;/m,
  quoted: 'daemon off;',
  hint: '-g "daemon off;"',
});

/** The official image has it say so in a file of its own. */
const PHP_FPM = unlessFile({
  names: /^php\d*-fpm[\d.]*$/,
  stays: (args) => hasFlag(args, '-F --nodaemonize -t -v -i -m'),
  files: (args) => [
    valueAfter(args, '-y', '--fpm-config') ?? '/usr/local/etc/php-fpm.conf',
    '/usr/local/etc/php-fpm.d/zz-docker.conf',
  ],
  says: /^\s*daemonize\s*=\s*(?:no|off|false|0)\b/im,
  quoted: 'daemonize = no',
  hint: '-F',
});

const SUPERVISORD = unlessFile({
  names: names('supervisord'),
  stays: (args) => hasFlag(args, '-n --nodaemon -v -h'),
  files: (args) => [valueAfter(args, '-c', '--configuration')],
  says: /^\s*nodaemon\s*[=:]\s*(?:true|yes|on|1)\b/im,
  quoted: 'nodaemon=true',
  hint: '-n',
});

const DNSMASQ = unlessFile({
  names: names('dnsmasq'),
  stays: (args) => hasFlag(args, '-k --keep-in-foreground -d --no-daemon --test -v'),
  files: (args) => [valueAfter(args, '-C') ?? '/etc/dnsmasq.conf'],
  says: /^\s*(?:keep-in-foreground|no-daemon)\b/m,
  quoted: 'keep-in-foreground',
  hint: '-k',
});

const UNBOUND = unlessFile({
  names: names('unbound'),
  stays: (args) => hasFlag(args, '-d -V -h'),
  files: (args) => [valueAfter(args, '-c') ?? '/etc/unbound/unbound.conf'],
  says: /^\s*do-daemonize:\s*no\b/m,
  quoted: 'do-daemonize: no',
  hint: '-d',
});

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
    if (hasFlag(args, '-c') || args.some((arg) => /^-(?:db|Ws|v|vv)$/.test(arg))) return null;
    if (args.includes('-D')) return `with -D haproxy ${LEAVES}; leave it out`;
    const file = valueAfter(args, '-f');
    if (file === null || !/^\s*daemon\s*$/m.test(readText(file) ?? '')) return null;
    return `haproxy ${LEAVES}, as ${file} says "daemon"; write haproxy -db`;
  },
};

/** A program leads a process group, which setsid(2) refuses: it forks and ends. */
const SETSID: Daemonizer = {
  names: names('setsid'),
  find: (args) =>
    hasFlag(args, '-w --wait --help --version')
      ? null
      : `setsid ${LEAVES}; leave setsid out (a program has a process group of its own), or write setsid --wait`,
};

const SERVICE: Daemonizer = {
  names: /^(?:service|rc-service|invoke-rc\.d|initctl|systemctl|\/etc\/(?:init|rc)\.d\/.*)$/,
  find: (args, _readText, name) =>
    args.some((arg) => arg === 'start' || arg === 'restart')
      ? `${name} leaves a daemon in the background and ends; write the daemon's own command, in the foreground`
      : null,
};

const CELERY: Daemonizer = {
  names: names('celery'),
  find: (args) => {
    // `-A multi` is an application of that name.
    const isMulti = args.some((arg, at) => arg === 'multi' && !/^-/.test(args[at - 1] ?? ''));
    if (isMulti) return `celery multi leaves its workers in the background and ends; write celery worker`;
    const word = args.find((arg) => arg === '--detach' || arg === '-D');
    return word === undefined ? null : `with ${word} celery ${LEAVES}; leave it out`;
  },
};

const DBUS: Daemonizer = {
  names: names('dbus-daemon'),
  find: (args) =>
    args.includes('--system') && !args.includes('--nofork')
      ? `dbus-daemon --system ${LEAVES}; write dbus-daemon --system --nofork`
      : null,
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
  DNSMASQ,
  UNBOUND,
  DBUS,
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
  unless('named', '-f -g -v -V'),
  unless('dovecot', '-F -n -a'),
  unless('proftpd', '-n --nodaemon -t -v'),
  unless('slapd', '-d -T -V'),
  unless('ntpd', '-n -d -q'),
  unless('chronyd', '-d -n -q -Q -p -v'),
  unless('snmpd snmptrapd', '-f -v -h'),
  unless('smbd nmbd winbindd', '-F --foreground -i --interactive -b -V'),
  unless('varnishd', '-F -d -V -x'),
  unless('xrdp xrdp-sesman', '--nodaemon -n -nodaemon --version'),
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
  when('screen', '-dmS -dm'),
  when('start-stop-daemon', '-b --background'),
  starter('pg_ctl', 'start restart', 'postgres -D DIRECTORY'),
  starter('pg_ctlcluster', 'start restart', 'pg_ctlcluster --foreground', '--foreground'),
  starter('postfix', 'start', 'postfix start-fg'),
  starter('zkServer.sh', 'start', 'zkServer.sh start-foreground'),
  starter('catalina.sh', 'start', 'catalina.sh run'),
  starter('pm2', 'start', 'pm2-runtime start', '--no-daemon'),
];
