import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { XmlRpcValue } from '../../src/xmlrpc/value.ts';
import type { FakeFacade, FakeProcess } from '../support/fake-facade.ts';
import { bench, status } from './calling.ts';

const RUNNING = { state: 'RUNNING', pid: 11, startedAtMs: 1_763_690_000_400 } as const;
const PROCESSES: readonly FakeProcess[] = [
  { name: 'up', ...RUNNING, logs: { stdout: '/up.log', stderr: null } },
  { name: 'down' },
  { name: 'a', group: 'g', ...RUNNING },
  { name: 'b', group: 'g', state: 'UNKNOWN' },
  { name: 'ending', state: 'STOPPING', pid: 12 },
];

interface Row {
  readonly call: readonly [method: string, ...params: XmlRpcValue[]];
  readonly gives: unknown;
  readonly given?: (facade: FakeFacade) => void;
  readonly orders?: readonly string[];
}

/** Makes the daemon one with these. */
const having =
  (changes: Partial<FakeFacade>) =>
  (facade: FakeFacade): void =>
    void Object.assign(facade, changes);
const logged = (facade: FakeFacade): void => void facade.files.set('/up.log', Buffer.from('0123456'));
const mainLogged = (facade: FakeFacade): void => {
  facade.mainLog = '/main.log';
  facade.files.set('/main.log', Buffer.from('main'));
};
const refusing = (facade: FakeFacade): void => {
  facade.refusal = { reason: 'it will not' };
};
const unreadable = (facade: FakeFacade): void => {
  facade.readError = new Error('EACCES');
};

const DAEMON: readonly Row[] = [
  { call: ['getAPIVersion'], gives: '3.0' },
  { call: ['getVersion'], gives: '3.0' },
  { call: ['getSupervisorVersion'], gives: '9.9.9' },
  { call: ['getIdentification'], gives: 'fake' },
  { call: ['getState'], gives: { statecode: 1, statename: 'RUNNING' } },
  { call: ['getPID'], gives: 4242 },
  { call: ['shutdown'], gives: true, orders: ['shutdown'] },
  { call: ['restart'], gives: true, orders: ['restart'] },
  { call: ['readLog', 0, 0], gives: '20 NO_FILE' },
  {
    call: ['readLog', 0, 0],
    given: having({ mainLog: '/gone' }),
    gives: '20 NO_FILE: /gone',
  },
  { call: ['readLog', 1, 2], given: mainLogged, gives: 'ai' },
  { call: ['readMainLog', 0, 0], given: mainLogged, gives: 'main' },
  { call: ['clearLog'], gives: '20 NO_FILE' },
  { call: ['clearLog'], given: mainLogged, gives: true },
  {
    call: ['clearLog'],
    given: (facade) => {
      mainLogged(facade);
      refusing(facade);
    },
    gives: '30 FAILED',
  },
  { call: ['sendRemoteCommEvent', 'kind', 'body'], gives: true, orders: ['event kind body'] },
];

const LOGS: readonly Row[] = [
  { call: ['readProcessStdoutLog', 'up', 0, 0], given: logged, gives: '0123456' },
  { call: ['readProcessLog', 'up', 2, 3], given: logged, gives: '234' },
  { call: ['readProcessLog', 'up', '2', ' 3 '], given: logged, gives: '234' },
  { call: ['readProcessLog', 'up', -3, 0], given: logged, gives: '456' },
  { call: ['readProcessLog', 'up', -30, 0], given: logged, gives: '0123456' },
  { call: ['readProcessLog', 'up', 9, 5], given: logged, gives: '' },
  { call: ['readProcessLog', 'up', 5, 50], given: logged, gives: '56' },
  { call: ['readProcessLog', 'up', -3, 1], given: logged, gives: '3 BAD_ARGUMENTS' },
  { call: ['readProcessLog', 'up', 0, -1], given: logged, gives: '3 BAD_ARGUMENTS' },
  { call: ['readProcessLog', 'up', 0, 1], given: unreadable, gives: '30 FAILED' },
  { call: ['readProcessLog', 'up', 'x', 0], given: logged, gives: '2 INCORRECT_PARAMETERS: x' },
  { call: ['readProcessLog', 'up', 0, 0], gives: '20 NO_FILE: /up.log' },
  { call: ['readProcessStderrLog', 'up', 0, 0], gives: '20 NO_FILE' },
  { call: ['readProcessLog', 'g:*', 0, 0], gives: '10 BAD_NAME: g:*' },
  { call: ['readProcessLog', 'nobody', 0, 0], gives: '10 BAD_NAME: nobody' },
  { call: ['tailProcessStdoutLog', 'up', 0, 4], given: logged, gives: ['3456', 7, true] },
  { call: ['tailProcessLog', 'up', 0, 1], given: logged, gives: ['6', 7, true] },
  { call: ['tailProcessLog', 'up', 0, 100], given: logged, gives: ['0123456', 7, false] },
  { call: ['tailProcessLog', 'up', 7, 4], given: logged, gives: ['', 7, false] },
  { call: ['tailProcessLog', 'up', 5, 4], given: logged, gives: ['3456', 7, false] },
  { call: ['tailProcessLog', 'up', 0, -4], given: logged, gives: ['', 7, true] },
  { call: ['tailProcessLog', 'up', 3, 4], given: unreadable, gives: ['', 3, false] },
  { call: ['tailProcessStderrLog', 'up', 5, 4], gives: ['', 0, false] },
  { call: ['tailProcessLog', 'g:', 0, 0], gives: '10 BAD_NAME: g:' },
  {
    call: ['tailProcessLog', 'up', 0, 3],
    given: (facade) => void facade.files.set('/up.log', Buffer.from('aéé')),
    gives: ['\ufffdé', 5, true],
  },
  { call: ['clearProcessLogs', 'up'], gives: true, orders: ['clear up:up'] },
  { call: ['clearProcessLog', 'up'], given: refusing, gives: '30 FAILED: up' },
  { call: ['clearProcessLogs', 'g:*'], gives: '10 BAD_NAME: g:*' },
];

const CONTROL: readonly Row[] = [
  { call: ['startProcess', 'nobody'], gives: '10 BAD_NAME: nobody' },
  { call: ['startProcess', 'no:*'], gives: '10 BAD_NAME: no:*' },
  { call: ['startProcess', 'up'], gives: '60 ALREADY_STARTED: up' },
  { call: ['startProcess', 'g:b'], gives: '30 FAILED: g:b is in an unknown process state' },
  { call: ['startProcess', 'down', false], gives: true, orders: ['start down:down'] },
  { call: ['startProcess', 'down', 0], gives: true, orders: ['start down:down'] },
  { call: ['startProcess', 'ending', false], gives: true, orders: ['start ending:ending'] },
  { call: ['startProcess', 'ending'], gives: '40 ABNORMAL_TERMINATION: ending' },
  {
    call: ['startProcess', 'up'],
    given: having({ commandProblem: { kind: 'noFile', text: "can't find command '/x'" } }),
    gives: "20 NO_FILE: can't find command '/x'",
  },
  {
    call: ['startProcess', 'down'],
    given: having({ commandProblem: { kind: 'notExecutable', text: 'command is empty' } }),
    gives: '21 NOT_EXECUTABLE: command is empty',
  },
  {
    call: ['startProcess', 'down', false],
    given: having({ onStart: { state: 'BACKOFF', spawnError: 'no more memory' } }),
    gives: '50 SPAWN_ERROR: down',
  },
  {
    call: ['startProcess', 'down'],
    given: having({ onStart: RUNNING }),
    gives: true,
  },
  { call: ['startProcessGroup', 'no'], gives: '10 BAD_NAME: no' },
  {
    call: ['startProcess', 'g:*', false],
    gives: [status('b', 'g', 30, 'FAILED: g:b is in an unknown process state')],
    orders: [],
  },
  { call: ['stopProcess', 'down'], gives: '70 NOT_RUNNING: down' },
  { call: ['stopProcess', 'ending'], gives: '70 NOT_RUNNING: ending' },
  { call: ['stopProcess', 'nobody'], gives: '10 BAD_NAME: nobody' },
  { call: ['stopProcess', 'up'], given: refusing, gives: '30 FAILED: it will not' },
  { call: ['stopProcess', 'up', false], gives: true, orders: ['stop up:up'] },
  {
    call: ['stopProcess', 'up'],
    given: having({ onStop: { state: 'STOPPED' } }),
    gives: true,
  },
  { call: ['stopProcessGroup', 'g', false], gives: [status('a', 'g')], orders: ['stop g:a'] },
  { call: ['stopProcessGroup', 'no'], gives: '10 BAD_NAME: no' },
  { call: ['signalProcess', 'up', 'HUP'], gives: true, orders: ['signal up:up 1'] },
  { call: ['signalProcess', 'up', 'sigusr2'], gives: true, orders: ['signal up:up 12'] },
  { call: ['signalProcess', 'up', '15'], gives: true, orders: ['signal up:up 15'] },
  { call: ['signalProcess', 'ending', 9], gives: true, orders: ['signal ending:ending 9'] },
  { call: ['signalProcess', 'up', 'NOPE'], gives: '11 BAD_SIGNAL: NOPE' },
  { call: ['signalProcess', 'up', 'constructor'], gives: '11 BAD_SIGNAL: constructor' },
  { call: ['signalProcess', 'down', '99'], gives: '11 BAD_SIGNAL: 99' },
  { call: ['signalProcess', 'down', 'HUP'], gives: '70 NOT_RUNNING: down' },
  { call: ['signalProcess', 'up', 'HUP'], given: refusing, gives: '30 FAILED: it will not' },
  { call: ['signalProcess', 'g:*', 'HUP'], gives: [status('a', 'g')] },
  { call: ['signalProcessGroup', 'g', 'NOPE'], gives: [status('a', 'g', 11, 'BAD_SIGNAL: NOPE')] },
  { call: ['signalProcessGroup', 'no', 'HUP'], gives: '10 BAD_NAME: no' },
  { call: ['signalAllProcesses', 'HUP'], gives: [status('up'), status('a', 'g'), status('ending')] },
];

const GROUPS: readonly Row[] = [
  { call: ['reloadConfig'], gives: [[[], [], []]] },
  {
    call: ['reloadConfig'],
    given: having({ rereadAnswer: { ok: false, message: 'no such file' } }),
    gives: '92 CANT_REREAD: no such file',
  },
  { call: ['addProcessGroup', 'x'], gives: true },
  {
    call: ['addProcessGroup', 'x'],
    given: having({ groupAnswers: { add: 'active', remove: 'removed' } }),
    gives: '90 ALREADY_ADDED: x',
  },
  {
    call: ['addProcessGroup', 'x'],
    given: having({ groupAnswers: { add: 'unknown', remove: 'removed' } }),
    gives: '10 BAD_NAME: x',
  },
  { call: ['removeProcessGroup', 'x'], gives: true },
  {
    call: ['removeProcessGroup', 'x'],
    given: having({ groupAnswers: { add: 'added', remove: 'running' } }),
    gives: '91 STILL_RUNNING: x',
  },
  {
    call: ['removeProcessGroup', 'x'],
    given: having({ groupAnswers: { add: 'added', remove: 'unknown' } }),
    gives: '10 BAD_NAME: x',
  },
  { call: ['sendProcessStdin', 'up', 'héé\n'], gives: true, orders: ['stdin up:up héé\n'] },
  { call: ['sendProcessStdin', 'up', 5], gives: '2 INCORRECT_PARAMETERS: 5' },
  { call: ['sendProcessStdin', 'g:*', 'x'], gives: '10 BAD_NAME: g:*' },
  { call: ['sendProcessStdin', 'down', 'x'], gives: '70 NOT_RUNNING: down' },
  { call: ['sendProcessStdin', 'ending', 'x'], gives: '70 NOT_RUNNING: ending' },
  {
    call: ['sendProcessStdin', 'up', 'x'],
    given: having({ stdinAnswer: 'closed' }),
    gives: '20 NO_FILE: up',
  },
  { call: ['getProcessInfo', 'nobody'], gives: '10 BAD_NAME: nobody' },
  { call: ['getProcessInfo', 'g:*'], gives: '10 BAD_NAME: g:*' },
  { call: ['getProcessInfo'], gives: '2 INCORRECT_PARAMETERS' },
  { call: ['getProcessInfo', 'up', 1], gives: '2 INCORRECT_PARAMETERS' },
  { call: ['getProcessInfo', ['up']], gives: '2 INCORRECT_PARAMETERS' },
];

describe('the methods of supervisor', () => {
  for (const { call, given, gives, orders } of [...DAEMON, ...LOGS, ...CONTROL, ...GROUPS]) {
    const [method, ...params] = call;
    it(`${method}(${JSON.stringify(params).slice(1, -1)}) gives ${JSON.stringify(gives).slice(0, 70)}`, async () => {
      const { facade, ...rest } = bench(PROCESSES);
      given?.(facade);
      assert.deepEqual(await rest.call(`supervisor.${method}`, ...params), gives);
      if (orders !== undefined) assert.deepEqual(facade.orders, orders);
      assert.equal(facade.listenerCount, 0);
    });
  }

  it('clears all logs by priority', async () => {
    const { facade, call } = bench([
      { name: 'late' },
      { name: 'y', group: 'g', groupPriority: 1, config: { priority: 5 } },
      { name: 'x', group: 'g', groupPriority: 1, config: { priority: 9 } },
    ]);
    assert.deepEqual(await call('supervisor.clearAllProcessLogs'), [
      status('y', 'g'),
      status('x', 'g'),
      status('late'),
    ]);
    assert.deepEqual(facade.orders, ['clear g:y', 'clear g:x', 'clear late:late']);
  });
});

describe('a description of a process', () => {
  const nowMs = 1_763_690_100_500;
  const rows: readonly [what: string, process: Partial<FakeProcess>, description: string][] = [
    ['runs', { state: 'RUNNING', pid: 3, startedAtMs: nowMs - 3_723_000 }, 'pid 3, uptime 1:02:03'],
    [
      'has run for a day',
      { state: 'RUNNING', pid: 3, startedAtMs: nowMs - 93_784_000 },
      'pid 3, uptime 1 day, 2:03:04',
    ],
    [
      'has run for days',
      { state: 'RUNNING', pid: 3, startedAtMs: nowMs - 259_210_000 },
      'pid 3, uptime 3 days, 0:00:10',
    ],
    ['was started in the future', { state: 'RUNNING', pid: 3, startedAtMs: nowMs + 9000 }, 'pid 3, uptime 0:00:00'],
    ['cannot start', { state: 'FATAL', spawnError: 'no such file' }, 'no such file'],
    ['cannot start and does not say why', { state: 'BACKOFF' }, 'unknown error (try "tail x")'],
    ['was never started', {}, 'Not started'],
    ['has ended', { state: 'EXITED', startedAtMs: 1000, stoppedAtMs: 2000 }, 'at 2000'],
    ['starts', { state: 'STARTING', startedAtMs: 1000 }, ''],
    ['is not known', { state: 'UNKNOWN', startedAtMs: 1000 }, ''],
  ];
  for (const [what, process, description] of rows) {
    it(`that ${what} is ${JSON.stringify(description)}`, async () => {
      const info = await bench([{ name: 'x', ...process }]).call('supervisor.getProcessInfo', 'x');
      assert.equal(Object(info).description, description);
    });
  }
});

describe('while it shuts down', () => {
  for (const state of ['SHUTDOWN', 'RESTARTING'] as const) {
    it(`in ${state} Supervisor's methods are refused, but for one, and others are not`, async () => {
      const { facade, call } = bench(PROCESSES);
      facade.daemonState = state;
      for (const [method, ...params] of [
        ['getState'],
        ['shutdown'],
        ['restart'],
        ['getAPIVersion'],
        ['signalAllProcesses', 'HUP'],
        ['stopProcess', 'nobody'],
      ] as const) {
        assert.equal(await call(`supervisor.${method}`, ...params), '6 SHUTDOWN_STATE', method);
      }
      assert.equal(await call('supervisor.getState', 1), '2 INCORRECT_PARAMETERS');
      assert.equal(await call('supervisor.sendRemoteCommEvent', 'a', 'b'), true);
      assert.equal(await call('initvisor.getVersion'), '9.9.9');
      assert.ok(Array.isArray(await call('system.listMethods')));
      assert.deepEqual(facade.orders, ['event a b']);
    });
  }
});
