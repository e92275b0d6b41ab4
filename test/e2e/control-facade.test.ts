import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { XmlRpcValue } from '../../src/xmlrpc/value.ts';
import { createClient } from '../support/control-client.ts';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';

const SERVER = `${OWN_FILES}[unix_http_server]
file=%DIR%/sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
`;

const PROGRAMS = `
[program:multi]
command=sleep 1000
process_name=multi_%(process_num)d
numprocs=2
startsecs=0
[program:deaf]
command=sleep 1000
startsecs=0
[program:cat]
command=cat
startsecs=0
stdout_logfile=%DIR%/cat.log
[program:shown]
command=sh -c 'echo on the console; exec sleep 1000'
stdout_logfile=/dev/stdout
startsecs=0
[program:restless]
command=true
startsecs=0
autorestart=false
`;

async function begin(t: TestContext) {
  const daemon = startDaemon(t, { config: SERVER + PROGRAMS });
  const client = createClient({ socketPath: join(daemon.dir, 'sock') });
  await waitFor(() => client.call('supervisor.getState').catch(() => null), 'the socket', undefined, daemon.output);
  /** The value of an answer, or a fault's code and text. */
  const call = async (method: string, ...params: readonly XmlRpcValue[]) => {
    const answer = await client.call(method, ...params);
    return 'value' in answer ? answer.value : JSON.stringify(answer);
  };
  return { daemon, call };
}

function change(daemon: TestDaemon, from: string, to: string): void {
  const path = join(daemon.dir, 'supervisord.conf');
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}

describe('the facade on a running daemon', () => {
  it('plans what a changed file would do, and does nothing until it is applied', async (t) => {
    const { daemon, call } = await begin(t);
    assert.deepEqual(await call('initvisor.plan'), []);
    change(daemon, '[program:deaf]\ncommand=sleep 1000', '[program:deaf]\ncommand=sleep 2000');
    change(daemon, '[program:restless]\ncommand=true', '[program:fresh]\ncommand=sleep 1000');
    const plan = JSON.parse(JSON.stringify(await call('initvisor.plan')));
    assert.deepEqual(plan, [
      { name: 'restless:restless', what: 'stop', options: [] },
      { name: 'deaf:deaf', what: 'restart', options: ['command'] },
      { name: 'fresh:fresh', what: 'start', options: [] },
    ]);
    assert.deepEqual(await call('supervisor.reloadConfig'), [[['fresh'], ['deaf'], ['restless']]]);
    assert.doesNotMatch(daemon.output(), /spawned: 'fresh'/);
    assert.equal(await call('supervisor.addProcessGroup', 'fresh'), true);
    await daemon.waitForOutput(/spawned: 'fresh'/);
    assert.equal(await call('supervisor.addProcessGroup', 'fresh'), '{"fault":90,"text":"ALREADY_ADDED: fresh"}');
    assert.equal(await call('supervisor.removeProcessGroup', 'fresh'), '{"fault":91,"text":"STILL_RUNNING: fresh"}');
    assert.equal(await call('supervisor.removeProcessGroup', 'restless'), true);
    assert.equal(await call('supervisor.getProcessInfo', 'restless'), '{"fault":10,"text":"BAD_NAME: restless"}');
  });

  it('scales a program up and down and leaves the processes that stay alone', async (t) => {
    const { call } = await begin(t);
    const names = async () => {
      const list = await call('supervisor.getAllProcessInfo');
      assert.ok(Array.isArray(list));
      return list.filter((info) => info.group === 'multi' && info.statename === 'RUNNING');
    };
    const [first] = await names();
    assert.equal(await call('initvisor.scale', 'multi', 4), true);
    await waitFor(async () => (await names()).length === 4, 'four processes');
    assert.equal(await call('initvisor.scale', 'multi', 1), true);
    await waitFor(async () => (await names()).length === 1, 'one process');
    assert.equal((await names())[0].pid, first.pid);
    assert.match(String(await call('initvisor.scale', 'nosuch', 1)), /"fault":30/);
  });

  it('takes input that a program does not read, and stays there for everybody else', async (t) => {
    const { call } = await begin(t);
    const much = 'x'.repeat(300_000);
    assert.equal(await call('supervisor.sendProcessStdin', 'deaf', much), true);
    assert.equal(await call('supervisor.sendProcessStdin', 'deaf', much), true);
    assert.equal(await call('supervisor.sendProcessStdin', 'cat', 'hello\n'), true);
    await waitFor(async () => (await call('supervisor.readProcessStdoutLog', 'cat', 0, 0)) === 'hello\n', 'the echo');
    assert.equal(await call('supervisor.stopProcess', 'deaf'), true);
  });

  it('clears the logs of programs that run and of those that do not', async (t) => {
    const { daemon, call } = await begin(t);
    const log = () => readFileSync(join(daemon.dir, 'cat.log'), 'utf8');
    await call('supervisor.sendProcessStdin', 'cat', 'one\n');
    await waitFor(() => log() === 'one\n', 'the log');
    assert.equal(await call('supervisor.clearProcessLogs', 'cat'), true);
    assert.equal(log(), '');
    await call('supervisor.sendProcessStdin', 'cat', 'two\n');
    await waitFor(() => log() === 'two\n', 'the log');
    await call('supervisor.stopProcess', 'cat');
    assert.equal(await call('supervisor.clearProcessLogs', 'cat'), true);
    assert.equal(log(), '');
  });

  it('reads from memory what went to the console, and remembers a few runs only', async (t) => {
    const { call } = await begin(t);
    await waitFor(async () => (await call('initvisor.tail', 'shown')) === 'on the console\n', 'the output');
    for (let i = 0; i < 7; i++) await call('supervisor.startProcess', 'restless');
    const explanation = JSON.parse(JSON.stringify(await call('initvisor.explain', 'restless')));
    assert.ok(explanation.history.length <= 5, `${explanation.history.length} runs`);
    assert.equal(explanation.history.at(-1).asked_by, 'request');
  });
});
