import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it, type TestContext } from 'node:test';
import {
  type NotifyContext,
  type NotifyMessage,
  type NotifySocket,
  openNotifySocket,
  parseNotification,
} from '../../src/probes/notify.ts';
import { isRoot, NOBODY } from '../os/native-children.ts';
import { systemError } from '../support/fake-native.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { createProbeWorld, openDescriptors } from './probe-world.ts';

const world = createProbeWorld();
const { native } = world;
const folder = mkdtempSync(join(tmpdir(), 'initvisor-notify-'));
after(() => {
  world.close();
  rmSync(folder, { recursive: true });
});

const message = (changes: Partial<NotifyMessage>): NotifyMessage => ({
  ready: false,
  status: null,
  stopping: false,
  ...changes,
});

describe('a notification', () => {
  const ROWS: readonly (readonly [text: string, message: NotifyMessage | null])[] = [
    ['READY=1', message({ ready: true })],
    ['READY=1\n', message({ ready: true })],
    ['READY=1\0', message({ ready: true })],
    ['STATUS=up\nREADY=1\nMAINPID=7', message({ ready: true, status: 'up' })],
    ['STOPPING=1', message({ stopping: true })],
    ['STATUS=', message({ status: '' })],
    ['STATUS=a\nSTATUS=b=c', message({ status: 'b=c' })],
    ['STATUS=\x1b[31mred\x07', message({ status: 'red' })],
    [`STATUS=${'x'.repeat(300)}`, message({ status: `${'x'.repeat(255)}…` })],
    ['', null],
    ['READY=0', null],
    ['READY=1 ', null],
    ['XREADY=1', null],
    ['ready=1', null],
    ['RELOADING=1\nMONOTONIC_USEC=5', null],
    ['WATCHDOG=1', null],
    ['FDSTORE=1\nFDNAME=x', null],
    ['BARRIER=1', null],
    ['\xff\xfe\0\n\n', null],
  ];
  for (const [text, expected] of ROWS) {
    it(`is understood: ${JSON.stringify(text.slice(0, 30))}`, () => {
      assert.deepEqual(parseNotification(Buffer.from(text, 'latin1')), expected);
    });
  }
});

interface Listening {
  readonly socket: NotifySocket;
  readonly heard: NotifyMessage[];
  readonly complaints: string[];
}

function open(t: TestContext, changes: Partial<NotifyContext> = {}): Listening {
  const heard: NotifyMessage[] = [];
  const complaints: string[] = [];
  const context: NotifyContext = {
    native,
    log: (level, text) => void complaints.push(`${level} ${text}`),
    name: 'web',
    uid: process.getuid?.() ?? 0,
    programPid: () => null,
    ...changes,
  };
  const socket = openNotifySocket(context, (said) => heard.push(said));
  t.after(() => socket.close());
  return { socket, heard, complaints };
}

function start(words: readonly string[], address: string, uid?: number): ChildProcess {
  const [file = '', ...args] = words;
  const user = uid === undefined ? {} : { uid, gid: uid };
  const env = { PATH: '/usr/bin:/bin', NOTIFY_SOCKET: address };
  return spawn(file, args, { ...user, env, cwd: '/', detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
}

async function run(words: readonly string[], address: string, uid?: number): Promise<void> {
  assert.deepEqual(await once(start(words, address, uid), 'close'), [0, null], words.join(' '));
}

/** Sends each text as a datagram of its own, for as long as somebody is there to hear. `+stay`: does not end then. */
const sender = (...texts: readonly string[]): readonly string[] => {
  const source = `
import os, signal, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
a = os.environ["NOTIFY_SOCKET"]
s.connect("\\0" + a[1:] if a[0] == "@" else a)
try:
    for text in sys.argv[1:]:
        if text == "+stay": signal.pause()
        s.send(text.encode())
except ConnectionError:
    pass`;
  return ['/usr/bin/python3', '-c', source, ...texts];
};

/** Where a socket can be put, and where none can. */
const PLACES: readonly (readonly [what: string, directories: readonly string[], address: RegExp])[] = [
  ['by path', [folder], new RegExp(`^${folder}/initvisor-\\w{6}/notify$`)],
  ['by an abstract name where no file can be', ['/nonexistent', '/proc', '/etc/passwd'], /^@initvisor-\d+-\w+$/],
];

describe('systemd-notify', { skip: missing('systemd-notify') }, () => {
  for (const [what, directories, address] of PLACES) {
    it(`is heard ${what}, and does not wait in vain for all to be read`, async (t) => {
      const { socket, heard, complaints } = open(t, { directories });
      assert.match(socket.address, address);
      await run(['/usr/bin/systemd-notify', '--ready', '--status=it is up'], socket.address);
      await run(['/usr/bin/systemd-notify', '--pid', 'WATCHDOG=1'], socket.address);
      await run(['/usr/bin/systemd-notify', 'STOPPING=1'], socket.address);
      await waitFor(() => heard.length === 2, 'both messages');
      assert.deepEqual(heard, [message({ ready: true, status: 'it is up' }), message({ stopping: true })]);
      assert.deepEqual(complaints, []);
    });
  }
});

describe('a notify socket', { skip: missing('python3') }, () => {
  for (const [what, directories] of PLACES) {
    it(`hears one after another ${what}, in order`, async (t) => {
      const { socket, heard } = open(t, { directories });
      const texts = Array.from({ length: 100 }, (_, number) => `STATUS=${number}`);
      await run(sender(...texts, 'READY=1'), socket.address);
      await waitFor(() => heard.at(-1)?.ready === true, 'the last message');
      assert.deepEqual(
        heard.map(({ status }) => status),
        [...texts.keys(), null].map((number) => (number === null ? null : String(number))),
      );
    });
  }

  it('is left in the first directory that takes it, and goes with its folder', (t) => {
    const second = join(folder, 'second');
    mkdirSync(second);
    const { socket } = open(t, { directories: ['/nonexistent', second, folder] });
    assert.equal(dirname(dirname(socket.address)), second);
    assert.equal(statSync(socket.address).mode & 0o777, 0o666);
    assert.equal(statSync(dirname(socket.address)).mode & 0o777, 0o711);
    socket.close();
    socket.close();
    assert.deepEqual(readdirSync(second), []);
  });

  it('closes without a word when its file is gone, or is not its own any more', (t) => {
    const { socket } = open(t, { directories: [folder] });
    rmSync(dirname(socket.address), { recursive: true });
    socket.close();
    const other = open(t, { directories: [folder] }).socket;
    writeFileSync(join(dirname(other.address), 'more'), '');
    other.close();
    assert.ok(!existsSync(other.address));
    rmSync(dirname(other.address), { recursive: true });
  });

  it('has a place by itself', (t) => {
    const { socket } = open(t);
    assert.match(socket.address, isRoot ? /^\/run\/initvisor-/ : /^(\/run|\/dev\/shm|\/tmp)\/initvisor-|^@/);
  });

  it('hears root and the program’s user, and nobody else', { skip: missing('root') }, async (t) => {
    for (const [, directories] of PLACES) {
      // Users may go through it.
      const places = directories.map((directory) => (directory === folder ? '/tmp' : directory));
      const { socket, heard, complaints } = open(t, { directories: places, uid: 4711 });
      await run(sender('STATUS=root'), socket.address);
      await run(sender('READY=1', 'READY=1'), socket.address, NOBODY);
      await run(sender('STATUS=user'), socket.address, 4711);
      await waitFor(() => heard.length === 2, 'what counts');
      assert.deepEqual(
        heard.map(({ status }) => status),
        ['root', 'user'],
      );
      assert.equal(complaints.length, 1);
      assert.match(
        complaints[0] ?? '',
        /^warn 'web': ignored what process \d+ \(uid 65534\) says of it: neither its user's nor one of its processes$/,
      );
    }
  });

  it('hears what the program has started as another user', { skip: missing('root') }, async (t) => {
    let program: number | null = null;
    const { socket, heard, complaints } = open(t, { programPid: () => program });
    const drop = `setpriv --reuid=${NOBODY} --clear-groups "$@" & wait`;
    const child = start(['/bin/sh', '-c', drop, 'sh', ...sender('READY=1', '+stay')], socket.address);
    const own = start(sender('STATUS=a stranger', '+stay'), socket.address, NOBODY);
    t.after(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      own.kill('SIGKILL');
    });
    program = child.pid ?? null;
    await waitFor(() => heard.length > 0 && complaints.length > 0, 'both messages');
    assert.deepEqual(heard, [message({ ready: true })]);
  });

  it('complains of nobody who has nothing to tell', { skip: missing('root') }, async (t) => {
    const { socket, heard, complaints } = open(t);
    await run(sender('WATCHDOG=1', 'BARRIER=1'), socket.address, NOBODY);
    await run(sender('READY=1'), socket.address);
    await waitFor(() => heard.length > 0, 'the last message');
    assert.deepEqual(complaints, []);
  });

  it('ignores what is too long, and complains once', async (t) => {
    const { socket, heard, complaints } = open(t);
    const long = `READY=1\nSTATUS=${'x'.repeat(5000)}`;
    await run(sender(long, long, 'STATUS=short'), socket.address);
    await waitFor(() => heard.length > 0, 'the short one');
    assert.deepEqual(heard, [message({ status: 'short' })]);
    assert.equal(complaints.length, 1);
    assert.match(complaints[0] ?? '', /^warn 'web': ignored a notification of process \d+ that is too long$/);
  });

  it('may be closed by what it tells', async () => {
    let count = 0;
    const own = openNotifySocket(
      { native, log: () => undefined, name: 'x', uid: process.getuid?.() ?? 0, programPid: () => null },
      () => {
        count += 1;
        own.close();
      },
    );
    await run(sender('READY=1', 'READY=1', 'READY=1'), own.address);
    await waitFor(() => count > 0, 'the first message');
    await new Promise(setImmediate);
    assert.equal(count, 1);
  });

  it('gives up where nothing can be read any more', async (t) => {
    const receiveDatagram = () => {
      throw systemError('ENOMEM', 'recvmsg');
    };
    const { socket, heard, complaints } = open(t, { native: { ...native, receiveDatagram } });
    await run(sender('READY=1'), socket.address);
    await waitFor(() => complaints.length > 0, 'a complaint');
    assert.deepEqual(complaints, ["warn 'web': cannot hear what it says of itself any more: ENOMEM"]);
    assert.deepEqual(heard, []);
  });

  it('leaves no descriptor and no file, also when it cannot be opened', (t) => {
    const before = openDescriptors();
    for (const [, directories] of PLACES) open(t, { directories }).socket.close();
    for (const call of ['bindDatagram', 'watchReadable'] as const) {
      const fail = (): never => {
        throw systemError('EMFILE', 'socket');
      };
      assert.throws(() => open(t, { directories: [folder], native: { ...native, [call]: fail } }), { code: 'EMFILE' });
    }
    assert.deepEqual(openDescriptors(), before);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('initvisor-')),
      [],
    );
  });
});
