import { describe, it } from 'node:test';
import { missing } from '../support/requirements.ts';
import {
  assertNoDifference,
  type Call,
  type ControlledDaemon,
  callAll,
  startPair,
  waitForFiles,
  waitForLines,
  withoutChance,
} from './control-pair.ts';

const CONFIG = `
[program:up]
command=sh -c 'printf 0123456; printf "w\\303\\274\\n" >&2; exec cat'
stdout_logfile=%DIR%/up.log
stderr_logfile=%DIR%/up.err
startsecs=0
[program:auto]
command=cat
startsecs=0
directory=/
umask=022
stopsignal=INT
stdout_capture_maxbytes=1KB
redirect_stderr=true
exitcodes=0,3
environment=A="1"
[program:down]
command=cat
autostart=false
startsecs=0
[program:nolog]
command=cat
stdout_logfile=NONE
stderr_logfile=NONE
startsecs=0
[program:fails]
command=/no/such/program
startretries=0
[program:plain]
command=%DIR%/plain.txt
autostart=false
[program:empty]
command=/bin/sh -c "sleep 0.3; exit 1"
startsecs=60
autostart=false
autorestart=false
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

const SETTLED = [/gave up: fails entered FATAL/, /exited: ends/, /success: up entered/, /success: a entered/];

const READ = ['readLog', 'readMainLog'].map((name) => `supervisor.${name}`);
const PROCESS_READ = ['readProcessStdoutLog', 'readProcessLog', 'readProcessStderrLog'].map((n) => `supervisor.${n}`);
const PROCESS_TAIL = ['tailProcessStdoutLog', 'tailProcessLog', 'tailProcessStderrLog'].map((n) => `supervisor.${n}`);
const NAMES = ['up', 'down', 'g', 'g:*', 'g:a', 'g:nope', 'nope', '', ':', 'up:', 'up:up', 'nope:*', 'nolog', 'fails'];

const QUERIES: readonly Call[] = [
  ...['getAPIVersion', 'getVersion', 'getIdentification', 'getState', 'getAllProcessInfo'].map(
    (name): Call => [`supervisor.${name}`],
  ),
  ['supervisor.getAllConfigInfo'],
  ...NAMES.map((name): Call => ['supervisor.getProcessInfo', name]),
  ...['a', 'plain', 'ends', 'auto', 'b'].map((name): Call => ['supervisor.getProcessInfo', name]),
  ...READ.flatMap((method): Call[] => [
    [method, -5, 1],
    [method, 5, -1],
    [method, 'x', 0],
    [method, 1e6, 5],
  ]),
  ...PROCESS_READ.flatMap((method) =>
    [[0, 0], [2, 3], [-3, 0], [-99, 0], [-3, 1], [3, -1], [99, 1], ['2', '3'], ['x', 0], [0]].map(
      (range): Call => [method, 'up', ...range],
    ),
  ),
  ...PROCESS_READ.flatMap((method) => NAMES.map((name): Call => [method, name, 0, 10])),
  ...PROCESS_TAIL.flatMap((method) =>
    [
      [0, 0],
      [0, 1],
      [0, 7],
      [0, 99],
      [7, 3],
      [3, 2],
      [9, 9],
      [-4, 2],
      [5, -1],
    ].map((range): Call => [method, 'up', ...range]),
  ),
  ...PROCESS_TAIL.flatMap((method) => NAMES.map((name): Call => [method, name, 0, 10])),
  ['system.listMethods'],
  ['system.methodHelp', 'supervisor.nope'],
  ['system.methodSignature', 'supervisor.nope'],
];

const FAULTS: readonly Call[] = [
  ['nope'],
  ['supervisor.nope'],
  ['supervisor._update'],
  ['supervisor.supervisord.options.warnings.linecache.os.system', 'touch %DIR%/owned'],
  ['system.__class__'],
  ['supervisor.getPID', 1],
  ['supervisor.startProcess'],
  ['supervisor.startProcess', 'up', true, 1],
  ...NAMES.map((name): Call => ['supervisor.startProcess', name, true]),
  ...['plain', 'empty'].map((name): Call => ['supervisor.startProcess', name]),
  ['supervisor.startProcess', 'empty', false],
];

const MORE_FAULTS: readonly Call[] = [
  ...['down', 'nope', 'nope:*', 'fails', 'ends', ''].map((name): Call => ['supervisor.stopProcess', name]),
  ...['nope', ''].flatMap((name): Call[] => [
    ['supervisor.startProcessGroup', name],
    ['supervisor.stopProcessGroup', name],
    ['supervisor.signalProcessGroup', name, 'HUP'],
    ['supervisor.addProcessGroup', name],
    ['supervisor.removeProcessGroup', name],
    ['supervisor.clearProcessLogs', name],
    ['supervisor.clearProcessLog', name],
    ['supervisor.sendProcessStdin', name, 'x'],
  ]),
  ...['NOPE', '', 99, 0, 'CONT', 'sigcont', '18'].map((signal): Call => ['supervisor.signalProcess', 'nolog', signal]),
  ['supervisor.signalProcess', 'ends', 'CONT'],
  ['supervisor.signalProcess', 'g:*', 'CONT'],
  ['supervisor.signalProcessGroup', 'g', 'CONT'],
  ['supervisor.signalAllProcesses', 'CONT'],
  ['supervisor.signalAllProcesses', 'NOPE'],
  ['supervisor.addProcessGroup', 'up'],
  ['supervisor.removeProcessGroup', 'up'],
  ['supervisor.sendProcessStdin', 'up', 5],
  ['supervisor.sendProcessStdin', 'ends', 'x'],
  ['supervisor.sendRemoteCommEvent', 'a', 'b'],
  ['supervisor.reloadConfig'],
];

const CHANGES: readonly Call[] = [
  ['supervisor.sendProcessStdin', 'nolog', 'hällo\n'],
  ['supervisor.stopProcess', 'up'],
  ['supervisor.getProcessInfo', 'up'],
  ['supervisor.stopProcess', 'up'],
  ['supervisor.startProcess', 'up'],
  ['supervisor.stopProcess', 'g:*'],
  ['supervisor.getProcessInfo', 'g:a'],
  ['supervisor.startProcessGroup', 'g'],
  ['supervisor.stopProcessGroup', 'g', false],
];

const MORE_CHANGES: readonly Call[] = [
  ['supervisor.clearProcessLogs', 'up'],
  ['supervisor.clearProcessLogs', 'g:*'],
  ['supervisor.readProcessStdoutLog', 'up', 0, 0],
  ['supervisor.clearLog'],
  ['supervisor.removeProcessGroup', 'ends'],
  ['supervisor.addProcessGroup', 'ends'],
  ['supervisor.stopProcess', 'down'],
  ['supervisor.startProcess', 'down'],
  ['supervisor.removeProcessGroup', 'down'],
  [
    'system.multicall',
    [
      { methodName: 'supervisor.getIdentification', params: [] },
      { methodName: 'supervisor.stopProcess', params: ['down'] },
      { methodName: 'supervisor.getProcessInfo', params: ['nope'] },
      { methodName: 'system.multicall', params: [[]] },
      { params: [] },
      { methodName: 'nope' },
      { methodName: 'supervisor.getAPIVersion' },
    ],
  ],
];

interface Listed {
  readonly status: unknown;
  readonly name: string;
}

const isStatus = (item: unknown): item is Listed => typeof item === 'object' && item !== null && 'status' in item;

/** Without methods that initvisor alone has; processes that end at the same time are listed as it comes. */
function comparable(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('value' in answer) || !Array.isArray(answer.value))
    return answer;
  const items = answer.value.filter((item) => typeof item !== 'string' || !item.startsWith('initvisor.'));
  return { value: items.every(isStatus) ? items.sort((a, b) => (a.name < b.name ? -1 : 1)) : items };
}

const isServerError = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 500;

/** Both sides of what differs; upstream's own mistakes (500) are faults or answers with us. */
async function assertSame(
  pair: readonly [ControlledDaemon, ControlledDaemon],
  calls: readonly Call[],
  overTcp = false,
): Promise<void> {
  const [theirs = [], ours = []] = await Promise.all(
    pair.map(async (daemon) => {
      const given = await callAll(daemon, calls, { overTcp });
      return given.map((answer) => withoutChance(comparable(answer), daemon));
    }),
  );
  assertNoDifference(calls, theirs, ours, (upstream, own) => isServerError(upstream) && !isServerError(own));
}

describe("Python's xmlrpc.client", { skip: missing('supervisor'), concurrency: false }, () => {
  for (const overTcp of [false, true]) {
    it(`gets the same answers and faults from both, over ${overTcp ? 'TCP' : 'a unix socket'}`, async (t) => {
      const pair = await startPair(t, CONFIG, SETTLED, { 'plain.txt': 'no program' });
      await waitForFiles(pair, 'up.err', 'wü\n');
      await assertSame(pair, QUERIES, overTcp);
      await assertSame(pair, FAULTS, overTcp);
      await waitForLines(pair, [/(gave up: empty[\s\S]*){2}/]);
      await assertSame(pair, MORE_FAULTS, overTcp);
      if (overTcp) return;
      await assertSame(pair, CHANGES);
      await waitForFiles(pair, 'up.err', 'wü\nwü\n');
      await assertSame(pair, MORE_CHANGES);
    });
  }
});
