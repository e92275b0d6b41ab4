import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { memorySource } from '../sources.ts';
import { findingsOf } from './findings.ts';

const WILD = join(import.meta.dirname, '../../fixtures/config/wild');

const USERS = ['nobody', 'www-data'].map((name, at) => ({ name, uid: 1 + at, gid: 1 + at }));

/** What the files take from their surroundings. */
const SURROUNDINGS = {
  env: {
    APP_ENV: 'prod',
    DATABASE_URL: 'postgresql://a:b@db/airflow',
    DISPLAY_HEIGHT: '768',
    DISPLAY_WIDTH: '1024',
    JUPYTER_TOKEN: 's3cret',
    ODOO_WORKERS: '2',
    PORT: '8000',
    REDIS_PASSWORD: 'p w',
    START_XVFB: 'true',
    SUPERVISOR_PASSWORD: 'pass',
    SUPERVISOR_USER: 'admin',
  },
  userByName: (name: string) => USERS.find((user) => user.name === name) ?? { name, uid: 0, gid: 0 },
  userByUid: (uid: number) => USERS.find((user) => user.uid === uid) ?? null,
  homeOf: (name: string) => `/home/${name}`,
  gidByName: () => 0,
  isDirectory: () => true,
};

const home = (name: string) =>
  `leaves HOME and USER as the daemon has them, as in Supervisor; write environment=HOME="/home/${name}",USER="${name}"`;
const slow = (seconds: number, steps = '') =>
  `stopping everything may take ${seconds} seconds${steps}, and docker stop waits 10, Kubernetes 30; give the container ${seconds + 1} and write shutdown_timeout=${seconds + 1} in [supervisord], or shutdown_timeout=9 to cut it short`;

/** Every finding in configurations as people have them; each was judged to be true. Files that are not here have none. */
const FINDINGS: Readonly<Record<string, readonly string[]>> = {
  'elk.conf': [
    `8: warning: [program:elasticsearch] user: ${home('nobody')}`,
    `11: warning: [program:elasticsearch] stopwaitsecs: ${slow(70, ' in 2 steps')}`,
  ],
  'fcgi-php.conf': [`13: warning: [fcgi-program:php] user: ${home('www-data')}`],
  'gunicorn-celery.conf': [
    `19: warning: [program:gunicorn] user: ${home('www-data')}`,
    `30: warning: [program:celery] user: ${home('nobody')}`,
    `34: warning: [program:celery] stopwaitsecs: ${slow(600)}`,
    `41: warning: [program:celerybeat] user: ${home('nobody')}`,
  ],
  'kafka-zookeeper.conf': [`19: warning: [program:kafka] stopwaitsecs: ${slow(130, ' in 2 steps')}`],
  'lamp.conf': [
    '5: warning: [program:mysqld] command: mysqld_safe ignores the stop signal, so that its server is killed; write stopasgroup=true, or pidproxy PIDFILE mysqld_safe',
  ],
  'laravel-horizon.conf': [
    `10: warning: [program:horizon] user: ${home('www-data')}`,
    `14: warning: [program:horizon] stopwaitsecs: ${slow(3600)}`,
  ],
  'laravel-octane.conf': [
    `10: warning: [program:octane] user: ${home('www-data')}`,
    `19: warning: [program:scheduler] user: ${home('www-data')}`,
  ],
  'laravel-queue.conf': [
    `15: warning: [program:laravel-worker] user: ${home('www-data')}`,
    `19: warning: [program:laravel-worker] stopwaitsecs: ${slow(3600)}`,
  ],
  'mongodb.conf': [`8: warning: [program:mongod] user: ${home('nobody')}`],
  'novnc.conf': [`5: warning: [program:x11] stopwaitsecs: ${slow(50, ' in 5 steps')}`],
  'postgres.conf': [
    `6: warning: [program:postgres] user: ${home('nobody')}`,
    `11: warning: [program:postgres] stopwaitsecs: ${slow(60)}`,
  ],
  'redis.conf': [`7: warning: [program:redis] user: ${home('nobody')}`],
  'sentry.conf': [
    `4: warning: [program:sentry-cron] user: ${home('nobody')}`,
    `21: warning: [program:sentry-worker] stopwaitsecs: ${slow(60)}`,
  ],
  'sshd-cron.conf': [
    '11: warning: [program:cron] startsecs: 0 makes every start a success: a program that ends at once is started each second and never becomes FATAL; write startsecs=1, or restart_limit=5/60s',
  ],
  'superset.conf': [`13: warning: [program:superset-worker] stopwaitsecs: ${slow(60)}`],
  'syncthing.conf': [`9: warning: [program:syncthing] stopwaitsecs: ${slow(1200)}`],
  'uwsgi-emperor.conf': [
    '15: note: [program:nginx] command: nginx goes into the background, where it counts as ended, unless its own file says "daemon off;"; write nginx -g "daemon off;"',
  ],
};

describe('what people have written', () => {
  for (const name of readdirSync(WILD).filter((file) => file.endsWith('.conf'))) {
    it(name, () => {
      const source = memorySource({ '/etc/s.conf': readFileSync(join(WILD, name)) }, SURROUNDINGS);
      assert.deepEqual(findingsOf(source, '/etc/s.conf'), FINDINGS[name] ?? []);
    });
  }
});
