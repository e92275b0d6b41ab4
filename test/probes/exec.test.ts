import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type PolledProbeContext, type ProbeRuntime, startPolledProbe } from '../../src/probes/polled.ts';
import { NOBODY } from '../os/native-children.ts';
import { systemError } from '../support/fake-native.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { createProbeWorld, LONG_MS, openDescriptors, RUNTIME, SHORT_MS } from './probe-world.ts';

const world = createProbeWorld();
const folder = mkdtempSync(join(tmpdir(), 'initvisor-exec-'));
after(() => {
  world.close();
  rmSync(folder, { recursive: true });
});

const LATE = `no answer within ${SHORT_MS / 1000} s`;

const check = (command: string, options: { timeoutMs?: number; runtime?: Partial<ProbeRuntime> } = {}) =>
  world.check({ kind: 'exec', command }, options);

const shell = (script: string, options = {}) => check(`sh -c '${script}'`, options);

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** Waits for a pid that a script writes to a file of the folder. */
const pidIn = (name: string): Promise<number> =>
  waitFor(() => existsSync(join(folder, name)) && Number(readFileSync(join(folder, name), 'utf8')), name);

describe('a check by a command', () => {
  const ENDS: readonly (readonly [script: string, ok: boolean, detail: string])[] = [
    ['true', true, 'exit status 0'],
    ['echo fine', true, 'exit status 0: fine'],
    ['exit 3', false, 'exit status 3'],
    ['echo one; echo two >&2; exit 1', false, 'exit status 1: two'],
    ['printf "no newline"; exit 1', false, 'exit status 1: no newline'],
    ['printf "last\\r\\n\\n  \\n"; exit 1', false, 'exit status 1: last'],
    ['printf "\\033[31mred\\033[0m\\tand\\a \\377"; exit 1', false, 'exit status 1: red and \ufffd'],
    ['kill -9 $$', false, 'terminated by SIGKILL'],
    ['kill -11 $$', false, 'terminated by SIGSEGV'],
    ['exit 256', true, 'exit status 0'],
  ];
  for (const [script, ok, detail] of ENDS) {
    it(`tells ${JSON.stringify(detail)} of ${JSON.stringify(script)}`, async () => {
      const result = await shell(script);
      assert.deepEqual({ ...result, detail: result.detail.replace(/ \(core dumped\)$/, '') }, { ok, detail });
    });
  }

  it('runs no shell of its own, and reads nothing', async () => {
    assert.deepEqual(await check('echo $HOME "a  b" | cat'), { ok: true, detail: 'exit status 0: $HOME a  b | cat' });
    assert.deepEqual(await check('cat'), { ok: true, detail: 'exit status 0' });
  });

  it('runs as the program does', async () => {
    const runtime = { environment: ['PATH=/usr/bin:/bin', 'WORD=hello'], directory: folder, umask: 0o27 };
    const { detail } = await shell('echo $WORD $(pwd) $(umask) $(env | wc -l)', { runtime });
    // sh adds PWD.
    assert.match(detail, new RegExp(`^exit status 0: hello ${folder} 0027 \\d$`));
    writeFileSync(join(folder, 'local'), '#!/bin/sh\necho local\n', { mode: 0o755 });
    assert.equal((await check('./local', { runtime })).detail, 'exit status 0: local');
    assert.equal((await check('local', { runtime: { ...runtime, environment: [`PATH=${folder}`] } })).ok, true);
    assert.equal((await check('true', { runtime: { environment: [] } })).ok, true);
  });

  it('becomes the program’s user', { skip: missing('root') }, async () => {
    const runtime = { uid: NOBODY, gid: NOBODY, groups: [NOBODY], directory: '/' };
    assert.equal((await shell('echo $(id -u) $(id -G)', { runtime })).detail, `exit status 0: ${NOBODY} ${NOBODY}`);
  });

  it('is in a process group of its own', async () => {
    const { detail } = await shell('echo $$ $(cut -d " " -f 5 /proc/$$/stat)');
    const [pid, group] = detail.replace('exit status 0: ', '').split(' ');
    assert.equal(pid, group);
  });

  const REFUSED: readonly (readonly [command: string, detail: string, runtime?: Partial<ProbeRuntime>])[] = [
    ['no-such-command', "can't find command 'no-such-command'"],
    ['/etc/passwd', "command at '/etc/passwd' is not executable"],
    ['/', "command at '/' is a directory"],
    ['sh -c "', "can't parse command 'sh -c \"': No closing quotation"],
    ['true', 'cannot run it: chdir (ENOENT)', { directory: '/nonexistent', environment: ['PATH=/bin'] }],
  ];
  for (const [command, detail, runtime = {}] of REFUSED) {
    it(`fails with ${JSON.stringify(detail)}`, async () => {
      assert.deepEqual(await check(command, { runtime }), { ok: false, detail });
    });
  }

  it('kills what takes too long, with all of its group, and tells what it said last', async () => {
    const script = `trap "" TERM INT HUP; sleep 1000 & echo $! >${folder}/late; echo waiting; wait`;
    const result = await shell(script, { timeoutMs: SHORT_MS });
    assert.deepEqual(result, { ok: false, detail: `${LATE}: waiting` });
    const pid = await pidIn('late');
    await waitFor(() => !isAlive(pid), 'the end of what it had started');
    // Gone without a word.
    assert.deepEqual(await check('sleep 1000', { timeoutMs: SHORT_MS }), { ok: false, detail: LATE });
  });

  it('leaves nothing running that it has started in its group', async () => {
    const result = await shell(`sleep 1000 & echo $! >${folder}/left; echo done`);
    assert.deepEqual(result, { ok: true, detail: 'exit status 0: done' });
    const pid = await pidIn('left');
    await waitFor(() => !isAlive(pid), 'the end of what it left behind');
  });

  it('does not wait for one that has left its group with the output', async () => {
    const script = `setsid sh -c "echo \\$\\$ >${folder}/away; exec sleep 1000" & while ! test -s ${folder}/away; do :; done; echo done`;
    assert.deepEqual(await shell(script), { ok: true, detail: 'exit status 0: done' });
    const pid = await pidIn('away');
    assert.ok(isAlive(pid));
    process.kill(pid, 'SIGKILL');
  });

  it('takes any amount of output, and keeps the end of it', async () => {
    const { ok, detail } = await shell('head -c 50000000 /dev/zero | tr "\\0" x; echo; echo end');
    assert.deepEqual([ok, detail], [true, 'exit status 0: end']);
    assert.deepEqual(await shell('exec yes', { timeoutMs: SHORT_MS }), { ok: false, detail: `${LATE}: y` });
    const long = await shell('head -c 3000 /dev/zero | tr "\\0" x; exit 1');
    assert.deepEqual(long, { ok: false, detail: `exit status 1: ${'x'.repeat(199)}…` });
  });

  it('waits for the end of one that has closed its output', async () => {
    assert.deepEqual(await shell('echo bye; exec >&- 2>&-; sleep 0.1; exit 4'), {
      ok: false,
      detail: 'exit status 4: bye',
    });
  });

  it('kills one that is cancelled, and says nothing of it', async () => {
    const results: unknown[] = [];
    const options = { timeoutMs: LONG_MS, runtime: RUNTIME };
    const command = `sh -c 'echo $$ >${folder}/cancelled; exec sleep 1000'`;
    const begin = () =>
      startPolledProbe({ kind: 'exec', command }, options, world.context, (result) => results.push(result));
    const cancel = begin();
    const pid = await pidIn('cancelled');
    cancel();
    cancel();
    await waitFor(() => !isAlive(pid), 'its end');
    // At once, before the command has done anything.
    begin()();
    const cancelSoon = begin();
    await new Promise(setImmediate);
    cancelSoon();
    assert.deepEqual(results, []);
  });

  it('never answers from inside the call, not even what it knows at once', async () => {
    let isInside = true;
    const wasInside = await new Promise((resolve) => {
      const probe = { kind: 'exec', command: '/' } as const;
      startPolledProbe(probe, { timeoutMs: LONG_MS, runtime: RUNTIME }, world.context, () => resolve(isInside));
      isInside = false;
    });
    assert.equal(wasInside, false);
  });

  const USED_UP = [
    ['pipe', 'EMFILE', 'pipe2'],
    ['streamOpen', 'ENOMEM', 'malloc'],
    ['spawn', 'EAGAIN', 'fork'],
  ] as const;
  for (const [call, code, syscall] of USED_UP) {
    it(`fails with ${code} where there are no more descriptors, memory or processes`, async () => {
      const before = openDescriptors();
      const fail = (): never => {
        throw systemError(code, syscall);
      };
      const native = { ...world.context.native, [call]: fail };
      const context: PolledProbeContext = { ...world.context, native };
      const result = await new Promise((resolve) => {
        const options = { timeoutMs: LONG_MS, runtime: RUNTIME };
        startPolledProbe({ kind: 'exec', command: 'true' }, options, context, resolve);
      });
      assert.deepEqual(result, { ok: false, detail: `cannot run it: ${syscall} (${code})` });
      await waitFor(() => openDescriptors().length <= before.length, 'all descriptors to be closed');
    });
  }

  it('leaves no descriptor, no zombie and no child that nobody knows', async () => {
    await check('true');
    const before = openDescriptors().length;
    for (let round = 0; round < 50; round++) await check('true');
    await waitFor(() => openDescriptors().length <= before, 'all descriptors to be closed');
    assert.deepEqual(world.strangers, []);
  });
});
