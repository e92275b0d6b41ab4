import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createClient, type RpcAnswer } from '../support/control-client.ts';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { missing } from '../support/requirements.ts';
import { killAll } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';

const SERVERS = `[unix_http_server]
file=%DIR%/sock
chmod=0600
[inet_http_server]
port=127.0.0.1:%PORT%
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;

const STARTED = /supervisord started with pid/g;

const startsOf = (text: string): number => [...text.matchAll(STARTED)].length;

async function configure(more: string): Promise<{ config: string; port: number }> {
  const port = await freePort();
  return { config: (OWN_FILES + more).replaceAll('%PORT%', String(port)), port };
}

const resultOf = (answer: RpcAnswer): unknown => ('value' in answer ? answer.value : answer);

async function answering(socketPath: string): Promise<void> {
  const state = async () => {
    const answer = await createClient({ socketPath })
      .call('supervisor.getState')
      .catch(() => null);
    return answer !== null && 'value' in answer;
  };
  await waitFor(state, `answers on ${socketPath}`);
}

async function begin(t: TestContext, asPid1 = false): Promise<{ daemon: TestDaemon; port: number; socket: string }> {
  const { config, port } = await configure(`${SERVERS}[program:p]\ncommand=sleep 1000\nstartsecs=0\n`);
  const daemon = startDaemon(t, { config, asPid1 });
  const socket = join(daemon.dir, 'sock');
  await answering(socket);
  return { daemon, port, socket };
}

describe('a restart by a client', () => {
  for (const asPid1 of [false, true]) {
    const skip = asPid1 && missing('root', 'pid namespaces');
    it(`keeps the pid, the console and the servers${asPid1 ? ', as PID 1' : ''}`, { skip }, async (t) => {
      const { daemon, port, socket } = await begin(t, asPid1);
      const pid = daemon.pid();
      const openFiles = countDescriptors(pid);
      for (const times of [2, 3]) {
        assert.equal(resultOf(await createClient({ socketPath: socket }).call('supervisor.restart')), true);
        await waitFor(() => startsOf(daemon.output()) === times, 'the next start', undefined, daemon.output);
        await answering(socket);
      }
      assert.equal(daemon.pid(), pid);
      assert.equal(statSync(socket).mode & 0o777, 0o600);
      const info = resultOf(await createClient({ port }).call('supervisor.getProcessInfo', 'p'));
      assert.ok(typeof info === 'object' && info !== null && 'statename' in info && info.statename === 'RUNNING');
      // A connection that has just ended may still be among them.
      await waitFor(() => countDescriptors(pid) <= openFiles, `no more than ${openFiles} descriptors`);
      assert.equal(await daemon.stop(), 0);
      assert.equal(statSync(socket, { throwIfNoEntry: false }), undefined);
    });
  }

  it('takes the configuration as it is then, servers included', async (t) => {
    const { daemon, socket } = await begin(t);
    const path = join(daemon.dir, 'supervisord.conf');
    const changed = readFileSync(path, 'utf8').replace('/sock\n', '/other\n').replace('[program:p]', '[program:q]');
    writeFileSync(path, changed);
    await createClient({ socketPath: socket }).call('supervisor.restart');
    await answering(join(daemon.dir, 'other'));
    assert.equal(statSync(socket, { throwIfNoEntry: false }), undefined);
    await daemon.waitForOutput(/spawned: 'q'/);
  });

  it('leaves a daemon in the background there', async (t) => {
    const { config } = await configure(`nodaemon=false\n${SERVERS}[program:p]\ncommand=sleep 1000\nstartsecs=0\n`);
    const daemon = startDaemon(t, { config });
    assert.equal(await daemon.exited, 0);
    const socketPath = join(daemon.dir, 'sock');
    await answering(socketPath);
    const log = () => readFileSync(join(daemon.dir, 'main.log'), 'utf8');
    const client = createClient({ socketPath });
    const pid = Number(resultOf(await client.call('supervisor.getPID')));
    t.after(() => killAll([{ pid, commandLine: '' }]));
    await client.call('supervisor.restart');
    await waitFor(() => startsOf(log()) === 2, 'the next start', undefined, log);
    await answering(socketPath);
    assert.equal(Number(resultOf(await createClient({ socketPath }).call('supervisor.getPID'))), pid);
    assert.equal(spawnSync('ps', ['-o', 'tty=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim(), '?');
    await createClient({ socketPath }).call('supervisor.shutdown');
    await waitFor(() => statSync(`/proc/${pid}`, { throwIfNoEntry: false }) === undefined, 'the end');
  });
});

/** How many descriptors it has open: a restart that leaks one has more. */
function countDescriptors(pid: number): number {
  return Number(spawnSync('ls', [`/proc/${pid}/fd`], { encoding: 'utf8' }).stdout.split('\n').length);
}
