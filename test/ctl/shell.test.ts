import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { assertSame, INITVISORCTL, runOurs, runUpstream } from './both.ts';
import { startUpstream } from './upstream.ts';

const skip = missing('supervisor');
const CONFIG = ['-c', 'supervisord.conf'];

describe('the shell', { skip }, () => {
  const SESSIONS: readonly string[] = [
    '',
    '\n\n',
    'version\n',
    'version',
    'status cat\nnosuch\n? version\nquit\nversion\n',
    'exit\n',
    'EOF\n',
    'shutdown\nn\nreload\n\nshutdown\nno\n',
    'open unix:///nosuch\nstatus\n',
    'tail cat\nadd\navail x\n',
    '  status   cat  \n',
  ];
  for (const input of SESSIONS) {
    it(`says what supervisorctl says to ${JSON.stringify(input)}`, async (t) => {
      const { dir } = await startUpstream(t);
      await assertSame([CONFIG, [...CONFIG, '-i']], { cwd: dir, input });
    });
  }

  it('asks before it ends the daemon when told to be interactive', async (t) => {
    const { dir } = await startUpstream(t);
    await assertSame(
      [
        [...CONFIG, '-i', 'shutdown'],
        [...CONFIG, '-i', 'reload'],
        [...CONFIG, '-i', 'version'],
      ],
      { cwd: dir, input: 'n\n' },
    );
    await assertSame([[...CONFIG, '-i', 'shutdown']], { cwd: dir, input: '' });
  });
});

describe('help', { skip }, () => {
  it('lists what supervisorctl lists, and then our own', async (t) => {
    const { dir } = await startUpstream(t);
    const { stdout } = await runOurs([...CONFIG, 'help'], { cwd: dir });
    const upstream = await runUpstream([...CONFIG, 'help'], { cwd: dir });
    assert.equal(stdout.slice(0, upstream.stdout.length), upstream.stdout);
    assert.match(stdout.slice(upstream.stdout.length), /^initvisor commands \(type help <topic>\):\n=+\n[a-z ]+\n\n$/);
  });
});

describe('following', { skip }, () => {
  for (const words of [
    ['tail', '-f', 'talk'],
    ['tail', '-f', 'talk', 'stderr'],
    ['maintail', '-f'],
    ['fg', 'talk'],
    ['logs', '-f', 'talk', 'cat'],
  ]) {
    it(`${words.join(' ')} shows what is there, and Ctrl-C ends it with status 0`, async (t) => {
      const { dir } = await startUpstream(t);
      const child = spawn(process.execPath, [INITVISORCTL, ...CONFIG, ...words], { cwd: dir });
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (data) => (text += data));
      const exited = new Promise((resolve) => child.once('close', (code, signal) => resolve(signal ?? code)));
      await waitFor(
        () => /to std|über|entered RUNNING/.test(text),
        'output',
        10_000,
        () => text,
      );
      child.kill('SIGINT');
      assert.equal(await exited, 0);
    });
  }

  it('fg sends what is typed and shows what comes back', async (t) => {
    const { dir } = await startUpstream(t);
    const child = spawn(process.execPath, [INITVISORCTL, ...CONFIG, 'fg', 'cat'], { cwd: dir });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (data) => (text += data));
    const exited = new Promise((resolve) => child.once('close', (code) => resolve(code)));
    child.stdin.write('hello\n');
    await waitFor(
      () => text.includes('hello\n'),
      'the echo',
      10_000,
      () => text,
    );
    child.stdin.end();
    assert.equal(await exited, 0);
    assert.match(text, /^==> Press Ctrl-C to exit <==\n(hello\n)+Exiting foreground\n$/);
  });

  it('tells on stderr that there is nothing to follow', async (t) => {
    const { dir } = await startUpstream(t);
    for (const line of ['tail -f nosuch', 'tail -f cat stderr'])
      await assertSame([[...CONFIG, ...line.split(' ')]], { cwd: dir });
    const { stderr } = await runOurs([...CONFIG, 'tail', '-f', 'nosuch'], { cwd: dir });
    assert.equal(stderr, `unix://${dir}/sock/logtail/nosuch/stdout Cannot read, status code 404\n`);
  });
});

describe('ending the daemon', { skip }, () => {
  for (const words of [['shutdown'], ['reload']]) {
    it(`${words[0]} says what supervisorctl says`, async (t) => {
      const results = [];
      for (const run of [runOurs, runUpstream]) {
        const { dir } = await startUpstream(t);
        const { stdout, status } = await run([...CONFIG, ...words], { cwd: dir });
        results.push({ stdout, status });
      }
      assert.deepEqual(results[0], results[1]);
    });
  }
});
