import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { buildBaseImage, engine, removeImages, startContainer } from '../support/container.ts';
import { missing } from '../support/requirements.ts';

// Everything at its default: the main log and the pidfile go to /, AUTO logs to /tmp.
const CONFIG = `
[supervisord]
nodaemon=true

[program:loud]
command=/bin/sh -c 'echo "hello from $(id -u)"; exec sleep 1000000'
stdout_logfile=/dev/stdout

[program:quiet]
command=sleep 1000000
`;

const NO_NEW_PRIVILEGES = '--security-opt=no-new-privileges';
const NO_LOG = /WARN cannot open the main log \/supervisord\.log: E(ROFS|ACCES); going on without it/;
const NO_PIDFILE = /CRIT could not write pidfile \/supervisord\.pid: E(ROFS|ACCES)/;
const NO_AUTO_LOG = /WARN cannot make a stdout log for 'quiet': EROFS; it runs without one/;

interface Restriction {
  readonly what: string;
  readonly flags: readonly string[];
  readonly complaints: readonly RegExp[];
  readonly uid?: number;
}

/** Podman alone mounts a writable /tmp on a read-only root. */
async function readOnlyRoot(): Promise<string[]> {
  const help = await engine('run', '--help');
  return ['--read-only', ...(help.includes('--read-only-tmpfs') ? ['--read-only-tmpfs=false'] : [])];
}

describe('a container with few rights', { skip: missing('container engine') }, () => {
  let image = '';
  let readOnly: readonly string[] = [];
  before(async () => {
    [image, readOnly] = await Promise.all([buildBaseImage(), readOnlyRoot()]);
  });
  after(() => removeImages(image));

  const RESTRICTIONS: readonly (() => Restriction)[] = [
    () => ({ what: 'no new privileges', flags: [NO_NEW_PRIVILEGES], complaints: [] }),
    () => ({ what: 'another PID 1', flags: ['--init'], complaints: [] }),
    () => ({ what: 'a terminal', flags: ['--tty'], complaints: [] }),
    () => ({ what: 'an arbitrary uid', flags: ['--user=12345:0'], uid: 12345, complaints: [NO_LOG, NO_PIDFILE] }),
    () => ({
      what: 'a read-only root with a /tmp',
      flags: [...readOnly, '--tmpfs=/tmp'],
      complaints: [NO_LOG, NO_PIDFILE],
    }),
    () => ({ what: 'a read-only root', flags: readOnly, complaints: [NO_LOG, NO_PIDFILE, NO_AUTO_LOG] }),
    () => ({
      what: 'all of it at once',
      flags: [...readOnly, NO_NEW_PRIVILEGES, '--user=12345:0', '--cap-drop=ALL', '--init'],
      uid: 12345,
      complaints: [NO_LOG, NO_PIDFILE, NO_AUTO_LOG],
    }),
  ];
  for (const restriction of RESTRICTIONS) {
    it(`runs with ${restriction().what}, and complains of what it misses only`, async (t) => {
      const { flags, complaints, uid = 0 } = restriction();
      const container = startContainer(t, { image, flags, config: CONFIG });
      for (const name of ['loud', 'quiet'])
        await container.waitForOutput(new RegExp(`success: ${name} entered RUNNING`));
      const said = container.output();
      assert.match(said, new RegExp(`^hello from ${uid}\\r?$`, 'm'));
      for (const complaint of complaints) assert.match(said, complaint);
      const others = said.match(/^.*(WARN|ERRO|CRIT).*$/gm) ?? [];
      const known = [...complaints, /cannot make a stderr log for/];
      assert.deepEqual(
        others.filter((line) => !(complaints.length > 0 && known.some((complaint) => complaint.test(line)))),
        [],
      );
      assert.equal(await container.stop(10), 0);
    });
  }
});
