import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { readResidentBytes, readTreeResidentBytes } from '../../src/os/process-memory.ts';
import { parseCommandLine } from '../../src/superlance/command-line.ts';
import { MemMon } from '../../src/superlance/memmon.ts';
import { MEMMON_SHAPE, readMemmonOptions } from '../../src/superlance/memmon-options.ts';
import { waitFor } from '../support/wait-for.ts';
import { createHost, createServerFake, info } from './support.ts';

const INFOS = [
  info('foo', 'RUNNING', { pid: 1 }),
  info('pets:cat', 'RUNNING', { pid: 2 }),
  info('pets:dog', 'RUNNING', { pid: 3 }),
  info('bar', 'EXITED'),
  info('memmon', 'RUNNING', { pid: 4 }),
];
const BYTES = new Map([
  [1, 100],
  [2, 200],
  [3, 300],
  [4, 9000],
]);
const ENV = { SUPERVISOR_PROCESS_NAME: 'memmon', SUPERVISOR_GROUP_NAME: 'memmon' };

interface Mail {
  readonly subject: string;
  readonly text: string;
}

async function run(
  line: string,
  infos: Parameters<typeof createServerFake>[0] = INFOS,
  faults: readonly string[] = [],
) {
  const host = createHost({ env: ENV });
  const { server, calls } = createServerFake(infos, faults);
  const options = readMemmonOptions(parseCommandLine(MEMMON_SHAPE, line.split(' ')));
  const mails: Mail[] = [];
  const notify = async (subject: string, text: string) => void mails.push({ subject, text });
  const readMemory = (pid: number) => BYTES.get(pid) ?? null;
  await new MemMon(host, options, { server, notify, readMemory }).tick();
  return { calls, mails, log: host.logged() };
}

describe('memmon', () => {
  // options, processes restarted
  for (const [line, restarted] of [
    ['-a 400', []],
    ['-a 300', []],
    ['-a 299', ['pets:dog']],
    ['-a 1', ['foo:foo', 'pets:cat', 'pets:dog']],
    ['-p foo=99', ['foo:foo']],
    ['-p foo:foo=99', ['foo:foo']],
    ['-p cat=1', ['pets:cat']],
    ['-p pets:cat=1', ['pets:cat']],
    ['-p pets=1', []],
    ['-g pets=1', ['pets:cat', 'pets:dog']],
    ['-g pets=250', ['pets:dog']],
    ['-g pets=1 -a 1 -p cat=1 -p pets:cat=1', ['foo:foo', 'pets:cat', 'pets:dog']],
    ['-g pets=1000 -p cat=1000 -a 250', ['pets:dog']],
    ['-p bar=0 -p memmon=0', []],
    ['-n x', []],
  ] as const) {
    it(`${line} restarts ${restarted.join(', ') || 'nothing'}`, async () => {
      const { calls } = await run(line);
      assert.deepEqual(
        calls,
        restarted.flatMap((id) => [`stop ${id}`, `start ${id}`]),
      );
    });
  }

  it('says what it looks for and finds', async () => {
    const { log } = await run('-p foo=99 -p bar=5 -g pets=1KB -a 2KB');
    assert.equal(
      log,
      'Checking programs bar=5, foo=99\nChecking groups pets=1024\nChecking any=2048\n' +
        'RSS of foo:foo is 100\nRestarting foo:foo\nRSS of pets:cat is 200\nRSS of pets:dog is 300\n',
    );
  });

  // options, subjects: up for 100 seconds
  for (const [line, subjects] of [
    ['-a 299', ['memmon: process pets:dog restarted']],
    ['-a 299 -n mine', ['memmon [mine]: process pets:dog restarted']],
    ['-n mine -g pets=299', ['memmon [mine]: process pets:dog restarted']],
    ['-g pets=299', ['memmon: process pets:dog restarted']],
    ['-a 299 -u 100', ['memmon: process pets:dog restarted']],
    ['-a 299 -u 99', []],
    ['-a 299 -u 1h', ['memmon: process pets:dog restarted']],
  ] as const) {
    it(`${line} mails ${subjects.join() || 'nothing'}`, async () => {
      const { mails } = await run(line);
      assert.deepEqual(
        mails.map(({ subject }) => subject),
        subjects,
      );
    });
  }

  it('mails when and why', async () => {
    const { mails } = await run('-a 299');
    assert.match(
      mails[0]?.text ?? '',
      /^memmon restarted the process named pets:dog at Sat Nov 21 01:20:30 2026 \S+ because it was consuming too much memory \(300 bytes RSS\)$/,
    );
  });

  it('tells of a restart that fails, and goes on with the next process', async () => {
    const { calls, mails, log } = await run('-a 199', INFOS, ['stop pets:cat', 'start pets:dog']);
    assert.deepEqual(calls, ['stop pets:cat', 'stop pets:dog', 'start pets:dog']);
    const texts = [
      "Failed to stop process pets:cat (RSS 200): <Fault 40: 'FAILED: stop pets:cat'>",
      "Failed to start process pets:dog after stopping it: <Fault 40: 'FAILED: start pets:dog'>",
    ];
    assert.deepEqual(mails, [
      { subject: 'memmon: failed to stop process pets:cat', text: texts[0] },
      { subject: 'memmon: failed to start process pets:dog', text: texts[1] },
    ]);
    for (const text of texts) assert.ok(log.includes(`\n${text}\n`));
  });

  it('survives a daemon that does not answer', async () => {
    const { log } = await run('-a 1', new Error('connect ENOENT /run/x.sock'));
    assert.equal(log, 'Checking any=1\nException retrieving process info connect ENOENT /run/x.sock, not acting\n');
  });
});

describe('the memory of processes', () => {
  it('is that of one process, or of it and all its descendants', async (t) => {
    const child = spawn('/bin/sh', ['-c', 'sleep 1000 & echo ready; wait'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    t.after(() => process.kill(-(child.pid ?? 0), 'SIGKILL'));
    let ready = '';
    child.stdout.setEncoding('utf8').on('data', (data) => (ready += data));
    await waitFor(() => ready !== '', 'the shell');
    const pid = child.pid ?? 0;
    const alone = readResidentBytes(pid) ?? 0;
    assert.ok(alone > 100_000 && alone < 20_000_000, String(alone));
    await waitFor(() => (readTreeResidentBytes(pid) ?? 0) > alone, 'the memory of its child');
    // In this order, as the test itself grows meanwhile.
    const own = readResidentBytes(process.pid) ?? 0;
    assert.ok((readTreeResidentBytes(process.pid) ?? 0) > own);
  });

  it('of nobody is unknown', () => {
    assert.deepEqual([readResidentBytes(2 ** 30), readTreeResidentBytes(2 ** 30)], [null, null]);
  });
});
