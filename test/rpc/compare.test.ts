import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/parse.ts';
import { PROCESS_STATE_CODES, type ProcessStateName } from '../../src/model/states.ts';
import { renderShortTime } from '../../src/os/local-time.ts';
import { createRpc, type Rpc } from '../../src/rpc/dispatch.ts';
import { decodeResponse } from '../../src/xmlrpc/decode.ts';
import { encodeCall } from '../../src/xmlrpc/encode.ts';
import { isStruct, type XmlRpcStruct, type XmlRpcValue } from '../../src/xmlrpc/value.ts';
import { NO_FLAGS, requireConfig, systemSource } from '../config/sources.ts';
import { OWN_FILES, startDaemon } from '../support/daemon.ts';
import { FakeFacade, type FakeProcess, FakeTime } from '../support/fake-facade.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { post } from './raw-http.ts';

const CONFIG = `${OWN_FILES}identifier=twin
[unix_http_server]
file=%DIR%/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:up]
command=sh -c 'printf 0123456; exec cat'
stdout_logfile=%DIR%/up.log
stderr_logfile=NONE
startsecs=0
[program:auto]
command=cat
startsecs=0
directory=/
user=${process.getuid?.() ?? 0}
umask=022
stopsignal=INT
stdout_capture_maxbytes=1KB
redirect_stderr=true
exitcodes=0,3
[program:down]
command=cat
autostart=false
[program:fails]
command=/no/such/program
startretries=0
[program:ends]
command=true
startsecs=0
autorestart=false
[group:g]
programs=b,a
priority=5
[program:a]
command=cat
startsecs=0
[program:b]
command=cat
startsecs=0
priority=7
`;

const STATES = new Map<number, ProcessStateName>(
  Object.entries(PROCESS_STATE_CODES).map(([name, code]) => [code, name as ProcessStateName]),
);
const SETTLED = ['auto RUNNING', 'down STOPPED', 'ends EXITED', 'fails FATAL', 'a RUNNING', 'b RUNNING', 'up RUNNING'];

const text = (value: XmlRpcValue | undefined): string => (typeof value === 'string' ? value : '');
const count = (value: XmlRpcValue | undefined): number => (typeof value === 'number' ? value : 0);

/** What the real one says of all processes. */
async function infos(socket: string): Promise<readonly XmlRpcStruct[]> {
  const { body } = await post(socket, encodeCall('supervisor.getAllProcessInfo', []));
  const response = decodeResponse(Buffer.from(body));
  assert.ok(response.kind === 'value' && Array.isArray(response.value));
  return response.value.filter(isStruct);
}

/** The process as the real one describes it. */
function twinOf(info: XmlRpcStruct, config: Config): FakeProcess {
  const group = config.groups.find(({ name }) => name === info.group);
  const own = group?.processes.find(({ name }) => name === info.name);
  return {
    ...{ name: text(info.name), group: text(info.group), pid: count(info.pid), spawnError: text(info.spawnerr) },
    state: STATES.get(count(info.state)) ?? 'UNKNOWN',
    ...{
      exitStatus: count(info.exitstatus),
      startedAtMs: count(info.start) * 1000,
      stoppedAtMs: count(info.stop) * 1000,
    },
    logs: { stdout: text(info.stdout_logfile) || null, stderr: text(info.stderr_logfile) || null },
    groupPriority: group?.priority ?? 999,
    config: own ?? {},
  };
}

/** Our protocol on a fake daemon in the same state as the real one. */
function twin(dir: string, pid: number, list: readonly XmlRpcStruct[]): { rpc: Rpc; facade: FakeFacade } {
  const flags = { path: join(dir, 'supervisord.conf'), flags: NO_FLAGS, strict: false };
  const config = requireConfig(loadConfig(systemSource({}), flags));
  const order = config.groups.flatMap((group) => group.processes.map(({ name }) => `${group.name}:${name}`));
  const place = (info: XmlRpcStruct) => order.indexOf(`${text(info.group)}:${text(info.name)}`);
  const facade = new FakeFacade([...list].sort((a, b) => place(a) - place(b)).map((info) => twinOf(info, config)));
  facade.identifier = () => 'twin';
  Object.assign(facade, { pid, version: '4.2.5', mainLog: join(dir, 'main.log') });
  facade.now = count(list[0]?.now) * 1000;
  facade.files.set(join(dir, 'up.log'), Buffer.from('0123456'));
  facade.onStart = { state: 'RUNNING', pid: 1 };
  facade.onStop = { state: 'STOPPED' };
  const system = { after: new FakeTime().after, renderShortTime, usageOf: async () => new Map() };
  return { rpc: createRpc(facade, system), facade };
}

interface Pair {
  readonly socket: string;
  readonly dir: string;
  readonly pid: number;
}

async function startReal(t: TestContext): Promise<Pair> {
  const command = ['/usr/bin/python3', '/usr/bin/supervisord'] as const;
  const daemon = startDaemon(t, { config: CONFIG, command, args: ['-n'] });
  const socket = join(daemon.dir, 'socket');
  await waitFor(
    async () => {
      const states = await infos(socket).then(
        (list) => list.map(({ name, statename }) => `${name} ${statename}`),
        // Not listening yet.
        () => [],
      );
      return [...states].sort().join() === [...SETTLED].sort().join();
    },
    'all programs to settle',
    undefined,
    daemon.output,
  );
  const log = join(daemon.dir, 'up.log');
  await waitFor(() => existsSync(log) && readFileSync(log, 'utf8') === '0123456', 'the output of up');
  return { socket, dir: daemon.dir, pid: daemon.pid() };
}

const SAME: readonly [method: string, ...params: XmlRpcValue[]][] = [
  ...(['getAPIVersion', 'getVersion', 'getSupervisorVersion', 'getIdentification', 'getState', 'getPID'] as const).map(
    (name): [string] => [`supervisor.${name}`],
  ),
  ['supervisor.getAllProcessInfo'],
  ['supervisor.getProcessInfo', 'g:a'],
  ['supervisor.getProcessInfo', 'fails'],
  ['supervisor.getProcessInfo', 'g:*'],
  ['supervisor.getProcessInfo', 'g'],
  ['supervisor.getProcessInfo', ''],
  ['supervisor.getProcessInfo', 'a:b:c'],
  ['supervisor.getProcessInfo'],
  ['supervisor.getProcessInfo', 'up', 1],
  ['supervisor.getAllConfigInfo'],
  ['supervisor.readProcessStdoutLog', 'up', 0, 0],
  ['supervisor.readProcessLog', 'up', -3, 0],
  ['supervisor.readProcessLog', 'up', -3, 1],
  ['supervisor.readProcessLog', 'up', 2, 3],
  ['supervisor.readProcessLog', 'up', 99, 3],
  ['supervisor.readProcessLog', 'up', 1, -1],
  ['supervisor.readProcessLog', 'up', ' 2', '3'],
  ['supervisor.readProcessStderrLog', 'up', 0, 0],
  ['supervisor.readProcessLog', 'no', 0, 0],
  ...[0, 1, 3, 6, 7, 8, 99, -1, -9].flatMap((offset) =>
    [0, 1, 4, 7, 8, -1].map((length): [string, ...XmlRpcValue[]] => [
      'supervisor.tailProcessStdoutLog',
      'up',
      offset,
      length,
    ]),
  ),
  ['supervisor.tailProcessStderrLog', 'up', 5, 5],
  ['supervisor.tailProcessLog', 'g:', 5, 5],
  ['supervisor.startProcess', 'up'],
  ['supervisor.startProcess', 'fails'],
  ['supervisor.startProcess', 'no'],
  ['supervisor.startProcess', 'no:*'],
  ['supervisor.startProcessGroup', 'no'],
  ['supervisor.startProcess', 'g:*'],
  ['supervisor.stopProcess', 'down'],
  ['supervisor.stopProcess', 'fails'],
  ['supervisor.stopProcessGroup', 'down'],
  ['supervisor.signalProcess', 'up', 'CONT'],
  ['supervisor.signalProcess', 'up', 0],
  ['supervisor.signalProcess', 'up', ' sigcont '],
  ['supervisor.signalProcess', 'up', 'NO<PE'],
  ['supervisor.signalProcess', 'up', '33'],
  ['supervisor.signalProcess', 'down', 'CONT'],
  ['supervisor.signalProcess', 'g:*', 'CONT'],
  ['supervisor.signalProcessGroup', 'g', 'NOPE'],
  ['supervisor.signalAllProcesses', 'CONT'],
  ['supervisor.clearProcessLogs', 'g:*'],
  ['supervisor.sendProcessStdin', 'up', 5],
  ['supervisor.sendProcessStdin', 'down', 'x'],
  ['supervisor.sendProcessStdin', 'up', ''],
  ['supervisor.sendRemoteCommEvent', 'a', 'b'],
  ['supervisor.reloadConfig'],
  ['supervisor.nope'],
  ['supervisor._update', 'x'],
  ['supervisor.supervisord.options.warnings.linecache.os.system', 'x'],
  ['nope.getPID'],
  ['getPID'],
  ['system.methodSignature', 'no.pe'],
  ['system.methodHelp', 'no.pe'],
  [
    'system.multicall',
    [
      { methodName: 'supervisor.getPID', params: [] },
      { methodName: 'supervisor.getPID' },
      { methodName: 'supervisor.getPID', params: [1] },
      { methodName: 'supervisor.getProcessInfo', params: ['<no>'] },
      { methodName: 'system.multicall', params: [[]] },
      { params: [] },
      { methodName: 'nope' },
    ],
  ],
  // Those that change something come last.
  ['supervisor.stopProcess', 'g:a'],
  ['supervisor.stopProcess', 'g:*'],
  ['supervisor.stopProcessGroup', 'g'],
  ['supervisor.startProcess', 'g:*'],
  ['supervisor.clearAllProcessLogs'],
  ['supervisor.stopAllProcesses'],
  ['supervisor.startAllProcesses', false],
];

/** The clock goes on between two answers, and of several processes any may be the first to end. */
function withoutTime(method: string, body: string): string {
  if (method.endsWith('ProcessInfo')) return body.replace(/<int>\d{10}<\/int>|uptime \d:\d\d:\d\d/g, '*');
  return method.startsWith('supervisor.stop')
    ? body
        .split('\n<value><struct>')
        .map((part) => part.replace(/\n<\/data>[\s\S]*/, ''))
        .sort()
        .join('\n')
    : body;
}

describe('the real Supervisor', { skip: missing('supervisor') }, () => {
  it('gives the same answers, byte for byte', async (t) => {
    const real = await startReal(t);
    const { rpc, facade } = twin(real.dir, real.pid, await infos(real.socket));
    facade.checkCommand = (id?: string) =>
      id === 'fails:fails' ? { kind: 'noFile', text: "can't find command '/no/such/program'" } : null;
    for (const [method, ...params] of SAME) {
      const request = encodeCall(method, params);
      const theirs = await post(real.socket, request);
      const ours = await rpc.handle(Buffer.from(request));
      const still = (answer: { readonly body: string | Buffer }) => withoutTime(method, String(answer.body));
      assert.equal(still(ours), still(theirs), `${method}(${JSON.stringify(params)})`);
      assert.equal(ours.status, theirs.status);
    }
    const request = encodeCall('system.listMethods', []);
    const [theirs, ours] = [await post(real.socket, request), await rpc.handle(Buffer.from(request))];
    assert.equal(String(ours.body).replace(/<value><string>initvisor\.\w+<\/string><\/value>\n/g, ''), theirs.body);
    const names = [...theirs.body.matchAll(/<string>(.*?)<\/string>/g)].map(([, name = '']) => name);
    for (const name of names) {
      const signature = encodeCall('system.methodSignature', [name]);
      assert.equal(
        String((await rpc.handle(Buffer.from(signature))).body),
        (await post(real.socket, signature)).body,
        name,
      );
    }
  });

  it('refuses the same messages', async (t) => {
    const { socket, dir, pid } = await startReal(t);
    const { rpc } = twin(dir, pid, []);
    const call = (content: string) => `<methodCall><methodName>supervisor.getPID</methodName>${content}</methodCall>`;
    const messages = [
      ...['<', '<methodCall/>', '<methodCall><methodName></methodName></methodCall>', call('<params>')],
      ...[call(''), call('<params/>'), call('<params></params>'), call('<!-- x -->')],
      ...[call('<params><param><value><int>x</int></value></param></params>')],
      ...[call('<params><param><value>&nope;</value></param></params>')],
    ];
    for (const message of messages) {
      const { status } = await rpc.handle(Buffer.from(message));
      assert.equal(status, (await post(socket, message)).status, message);
    }
  });
});
