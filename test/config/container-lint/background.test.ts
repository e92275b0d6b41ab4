import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { saidOf } from './findings.ts';

describe('a program that goes into the background is told of', () => {
  const rows: readonly (readonly [command: string, said: RegExp])[] = [
    ['env A=1 cron', /^cron goes/],
    ['gosu root cron', /^cron goes/],
    ['bash -c "envsubst </a >/b && cron"', /^cron goes/],
    ['sh -c "exec cron"', /^cron goes/],
    ['apache2', /write apache2 -D FOREGROUND$/],
    ['/usr/sbin/apachectl', /write apachectl -D FOREGROUND$/],
    ['apachectl start', /write apachectl -D FOREGROUND$/],
    ['httpd -k start', /write httpd -D FOREGROUND$/],
    ['redis-server --daemonize yes', /^with --daemonize yes redis-server goes .*; leave it out$/],
    ['haproxy -D -f /etc/h.cfg', /^with -D haproxy/],
    ['/usr/sbin/sshd -e', /^sshd goes .*; write sshd -D$/],
    ['cron', /write cron -f$/],
    ['/usr/sbin/crond', /write crond -f$/],
    ['rsyslogd', /write rsyslogd -n$/],
    ['squid -f /etc/squid.conf', /write squid -N$/],
    ['lighttpd -f /etc/l.conf', /write lighttpd -D$/],
    ['mysqld --daemonize', /^with --daemonize mysqld/],
    ['memcached -d -u nobody', /^with -d memcached/],
    ['gunicorn app:app --daemon', /^with --daemon gunicorn/],
    ['uwsgi --ini /a --daemonize=/var/log/u', /^with --daemonize uwsgi/],
    ['celery multi start w1 -A app', /^celery multi leaves .*; write celery worker$/],
    ['celery -A app worker --detach', /^with --detach celery/],
    ['mongod --fork --logpath /x', /^with --fork mongod/],
    ['pg_ctl start -D /data', /^pg_ctl start leaves a daemon in the background and ends; write postgres -D DIRECTORY$/],
    ['pg_ctlcluster 15 main start', /write pg_ctlcluster --foreground$/],
    ['postfix start', /write postfix start-fg$/],
    ['zkServer.sh start', /write zkServer.sh start-foreground$/],
    ['pm2 start app.js', /write pm2-runtime start$/],
    [
      'service nginx start',
      /^service leaves a daemon in the background and ends; write the daemon's own command, in the foreground$/,
    ],
    ['/etc/init.d/ssh start', /^\/etc\/init\.d\/ssh leaves a daemon/],
    ['systemctl start nginx', /^systemctl leaves/],
    ['dbus-daemon --system', /write dbus-daemon --system --nofork$/],
    ['setsid app', /^setsid goes .* or write setsid --wait$/],
  ];
  for (const [command, said] of rows) it(command, () => assert.match(saidOf(command) ?? '', said));
});

describe('a program whose own file decides is only noted where that cannot be read', () => {
  const note = (name: string, quoted: string, flag: string) =>
    `2: note: [program:x] command: ${name} goes into the background, where it counts as ended, unless its own file says "${quoted}"; write ${name} ${flag}`;
  const rows: readonly (readonly [command: string, said: string])[] = [
    ['nginx', note('nginx', 'daemon off;', '-g "daemon off;"')],
    ['/usr/sbin/nginx -c /srv/n.conf', note('nginx', 'daemon off;', '-g "daemon off;"')],
    ['nginx -g "worker_processes 2;"', note('nginx', 'daemon off;', '-g "daemon off;"')],
    ['php-fpm', note('php-fpm', 'daemonize = no', '-F')],
    ['php-fpm8.2 -y /srv/php.conf', note('php-fpm8.2', 'daemonize = no', '-F')],
    ['php-fpm81', note('php-fpm81', 'daemonize = no', '-F')],
    ['dnsmasq', note('dnsmasq', 'keep-in-foreground', '-k')],
    ['unbound', note('unbound', 'do-daemonize: no', '-d')],
    ['supervisord -c /srv/inner.conf', note('supervisord', 'nodaemon=true', '-n')],
  ];
  for (const [command, said] of rows) it(command, () => assert.equal(saidOf(command), said));
});

describe('a program that stays in the foreground is left alone', () => {
  const rows = [
    "nginx -g 'daemon off;'",
    'nginx -g "error_log stderr; daemon  off;"',
    'nginx -t',
    'nginx-debug-thing',
    'mongod --fork=false',
    'vsftpd /etc/vsftpd.conf',
    'apache2 -DFOREGROUND',
    'apache2ctl -D FOREGROUND',
    'httpd -X',
    'httpd -f -p 80 -h /www',
    'apache2-foreground',
    'php-fpm -F',
    'php-fpm8.2 --nodaemonize --force-stderr',
    'php-fpm -FR',
    'redis-server /etc/redis/redis.conf --daemonize no',
    'redis-server',
    'haproxy -W -db -f /etc/h.cfg',
    'sshd -D',
    '/usr/sbin/sshd -De',
    'sshd -eD -p 2222',
    'cron -f -L 15',
    'crond -n',
    'crond -fd 8',
    'rsyslogd -n -f /etc/rsyslog.conf',
    'mysqld --user=mysql',
    'memcached -u nobody',
    'gunicorn app:app',
    'uwsgi --emperor /etc/uwsgi --die-on-term',
    'celery -A multi worker',
    'celery -A app worker -l INFO',
    'postgres -D /data',
    'pg_ctlcluster --foreground 15 main start',
    'postfix start-fg',
    'pm2 start app.js --no-daemon',
    'pm2-runtime start app.js',
    'service nginx status',
    'supervisord -nc /etc/inner.conf',
    'supervisord --nodaemon',
    'dbus-daemon --session',
    'setsid -w app',
    'exim -bdf',
    'pidproxy /run/nginx.pid nginx',
    'node nginx',
    'sh -c "service nginx start && tail -f /var/log/nginx/error.log" ',
    'bash -c "nginx && tail -f /var/log/nginx/error.log"',
    '/entrypoint.sh nginx',
    '',
  ];
  for (const command of rows) it(command || 'nothing', () => assert.equal(saidOf(command, 'stopasgroup=true'), null));
});

describe("a program's own file is looked at where it is there", () => {
  const rows: readonly (readonly [command: string, path: string, text: string, isTold: boolean])[] = [
    ['nginx', '/etc/nginx/nginx.conf', 'user x;\n  daemon off;\n', false],
    ['nginx', '/etc/nginx/nginx.conf', '# daemon off;\n', true],
    ['nginx -c /srv/n.conf', '/srv/n.conf', 'daemon off;', false],
    ['php-fpm', '/usr/local/etc/php-fpm.conf', 'include=etc/php-fpm.d/*.conf\n', true],
    ['php-fpm', '/usr/local/etc/php-fpm.d/zz-docker.conf', '[global]\ndaemonize = no\n', false],
    ['php-fpm -y /srv/f.conf', '/srv/f.conf', ';daemonize = no\n', true],
    ['redis-server /etc/redis.conf', '/etc/redis.conf', 'port 1\ndaemonize yes\n', true],
    ['redis-server /etc/redis.conf', '/etc/redis.conf', 'daemonize no\n', false],
    ['redis-server /etc/redis.conf --daemonize no', '/etc/redis.conf', 'daemonize yes\n', false],
    ['haproxy -f /etc/h.cfg', '/etc/h.cfg', 'global\n  daemon\n', true],
    ['haproxy -db -f /etc/h.cfg', '/etc/h.cfg', 'global\n  daemon\n', false],
    ['supervisord -c /etc/inner.conf', '/etc/inner.conf', '[supervisord]\nnodaemon = true\n', false],
    ['supervisord -c /etc/inner.conf', '/etc/inner.conf', '[supervisord]\nlogfile=/x\n', true],
    ['dnsmasq', '/etc/dnsmasq.conf', '#keep-in-foreground\n', true],
    ['dnsmasq -C /srv/d', '/srv/d', 'keep-in-foreground\n', false],
    ['unbound -c /srv/u', '/srv/u', 'server:\n  do-daemonize: no\n', false],
  ];
  for (const [command, path, text, isTold] of rows) {
    it(`${command} with ${JSON.stringify(text)} in ${path}`, () => {
      const said = saidOf(command, '', { files: { [path]: text } });
      if (isTold) assert.match(said ?? '', /^[^:]+ goes into the background, where it counts as ended[;,] (?!unless)/);
      else assert.equal(said, null);
    });
  }
});
