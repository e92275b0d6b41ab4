import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { step } from '../../src/core/process-machine.ts';
import {
  type Effect,
  INITIAL_STATE,
  type Input,
  type ProcessPolicy,
  type ProcessState,
  type Step,
} from '../../src/core/process-state.ts';
import type { InputKind } from '../../src/core/steps.ts';
import { TRANSITIONS } from '../../src/core/transitions.ts';
import { exitedWith, killedBy } from '../../src/model/exit-status.ts';
import { signalName } from '../../src/model/signals.ts';
import { PROCESS_STATE_CODES, type ProcessStateName } from '../../src/model/states.ts';
import { POLICY } from '../support/member-specs.ts';

const EVERY_INPUT: { readonly [K in InputKind]: Extract<Input, { kind: K }> } = {
  start: { kind: 'start' },
  admitted: { kind: 'admitted' },
  spawned: { kind: 'spawned', pid: 71 },
  spawnFailed: { kind: 'spawnFailed', reason: "can't find command 'x'", exitCode: 127 },
  deadline: { kind: 'deadline' },
  exited: { kind: 'exited', status: exitedWith(1) },
  groupGone: { kind: 'groupGone' },
  stop: { kind: 'stop' },
  killDemanded: { kind: 'killDemanded' },
  killFailed: { kind: 'killFailed', errno: 'EPERM' },
  shutdownBegan: { kind: 'shutdownBegan' },
};

const ALIVE: readonly ProcessStateName[] = ['STARTING', 'RUNNING', 'STOPPING', 'UNKNOWN'];

/** A process that came to `state` at 0. */
function inState(state: ProcessStateName, patch: Partial<ProcessState> = {}): ProcessState {
  const pid = ALIVE.includes(state) ? 71 : 0;
  const deadlines: Partial<Record<ProcessStateName, number>> = { STARTING: 1000, BACKOFF: 1000, STOPPING: 10_000 };
  return { ...INITIAL_STATE, state, pid, startedAt: 0, deadline: deadlines[state] ?? null, ...patch };
}

function renderEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'emit': {
      const { state, from, pid, tries, expected } = effect.change;
      return `emit ${state} from:${from} pid:${pid} tries:${tries}${state === 'EXITED' ? ` expected:${expected}` : ''}`;
    }
    case 'log':
      return `log ${effect.level} ${effect.text}`;
    case 'kill':
      return `kill ${effect.group ? '-' : ''}${effect.pid} ${signalName(effect.signal)}`;
    case 'sweepGroup':
      return `sweepGroup ${effect.pid}`;
    case 'spawn':
    case 'closePipes':
      return effect.task === 'program' ? effect.kind : `${effect.kind} ${effect.task}`;
    case 'startWanted':
      return effect.kind;
  }
}

interface Row {
  readonly title: string;
  readonly from: ProcessState;
  readonly input: Input;
  readonly at: number;
  readonly to: ProcessStateName;
  readonly deadline: number | null;
  readonly effects: readonly string[];
  readonly policy?: Partial<ProcessPolicy>;
}

const { start, spawned, spawnFailed, deadline, stop, killDemanded, killFailed, shutdownBegan } = EVERY_INPUT;
const exited = (code: number): Input => ({ kind: 'exited', status: exitedWith(code) });
const SUCCESS = 'log info success: a entered RUNNING state, process has stayed up for > than 1 seconds (startsecs)';

const ROWS: readonly Row[] = [
  {
    title: 'a start spawns',
    from: INITIAL_STATE,
    input: start,
    at: 5,
    to: 'STARTING',
    deadline: null,
    effects: ['emit STARTING from:STOPPED pid:0 tries:0', 'spawn'],
  },
  {
    title: 'a start that was asked for begins a new count of failures',
    from: inState('STOPPED', { failures: 2 }),
    input: start,
    at: 5,
    to: 'STARTING',
    deadline: null,
    effects: ['emit STARTING from:STOPPED pid:0 tries:0', 'spawn'],
  },
  {
    title: 'a spawned process has startsecs to prove itself',
    from: inState('STARTING', { pid: 0, deadline: null }),
    input: spawned,
    at: 7,
    to: 'STARTING',
    deadline: 1007,
    effects: ["log info spawned: 'a' with pid 71"],
  },
  {
    title: 'a failed spawn backs off',
    from: inState('STARTING', { pid: 0 }),
    input: spawnFailed,
    at: 7,
    to: 'BACKOFF',
    deadline: 1007,
    effects: ["log info spawnerr: can't find command 'x'", 'emit BACKOFF from:STARTING pid:0 tries:1'],
  },
  {
    title: 'startsecs over means RUNNING',
    from: inState('STARTING', { failures: 2 }),
    input: deadline,
    at: 1000,
    to: 'RUNNING',
    deadline: null,
    effects: ['emit RUNNING from:STARTING pid:71 tries:0', SUCCESS],
  },
  {
    title: 'a deadline that is not due changes nothing',
    from: inState('STARTING'),
    input: deadline,
    at: 999,
    to: 'STARTING',
    deadline: 1000,
    effects: [],
  },
  {
    title: 'an end before startsecs backs off, whatever the code',
    from: inState('STARTING'),
    input: exited(0),
    at: 400,
    to: 'BACKOFF',
    deadline: 1400,
    effects: [
      'emit BACKOFF from:STARTING pid:71 tries:1',
      'log warn exited: a (exit status 0; not expected)',
      'closePipes',
    ],
  },
  {
    title: 'each failure waits a second longer',
    from: inState('STARTING', { failures: 2 }),
    input: exited(1),
    at: 400,
    to: 'BACKOFF',
    deadline: 3400,
    effects: [
      'emit BACKOFF from:STARTING pid:71 tries:3',
      'log warn exited: a (exit status 1; not expected)',
      'closePipes',
    ],
  },
  {
    title: 'the failure after the last retry is due at once',
    from: inState('STARTING', { failures: 3 }),
    input: exited(1),
    at: 400,
    to: 'BACKOFF',
    deadline: 400,
    effects: [
      'emit BACKOFF from:STARTING pid:71 tries:4',
      'log warn exited: a (exit status 1; not expected)',
      'closePipes',
    ],
  },
  {
    title: 'startsecs=0 is up as soon as it is spawned',
    from: inState('STARTING', { pid: 0, deadline: null }),
    policy: { startMs: 0 },
    input: { kind: 'spawned', pid: 71 },
    at: 0,
    to: 'RUNNING',
    deadline: null,
    effects: [
      "log info spawned: 'a' with pid 71",
      'emit RUNNING from:STARTING pid:71 tries:0',
      'log info success: a entered RUNNING state, process has stayed up for > than 0 seconds (startsecs)',
    ],
  },
  {
    title: 'startsecs=0 runs through RUNNING however quick the end',
    from: inState('STARTING', { deadline: 0 }),
    policy: { startMs: 0 },
    input: exited(0),
    at: 0,
    to: 'EXITED',
    deadline: null,
    effects: [
      'emit RUNNING from:STARTING pid:71 tries:0',
      'emit EXITED from:RUNNING pid:71 tries:0 expected:true',
      'log info exited: a (exit status 0; expected)',
      'closePipes',
    ],
  },
  {
    title: 'startsecs=0 ending at once is started again a second after its start',
    from: inState('STARTING', { deadline: 0 }),
    policy: { startMs: 0, autorestart: 'true' },
    input: exited(0),
    at: 10,
    to: 'EXITED',
    deadline: 1000,
    effects: [
      'emit RUNNING from:STARTING pid:71 tries:0',
      'emit EXITED from:RUNNING pid:71 tries:0 expected:true',
      'log info exited: a (exit status 0; expected)',
      'closePipes',
    ],
  },
  {
    title: 'a retry that is due starts and keeps the count',
    from: inState('BACKOFF', { failures: 1 }),
    input: deadline,
    at: 1000,
    to: 'STARTING',
    deadline: null,
    effects: ['emit STARTING from:BACKOFF pid:0 tries:1', 'spawn'],
  },
  {
    title: 'no retry left is FATAL',
    from: inState('BACKOFF', { failures: 4 }),
    input: deadline,
    at: 1000,
    to: 'FATAL',
    deadline: null,
    effects: [
      'emit FATAL from:BACKOFF pid:0 tries:0',
      'log info gave up: a entered FATAL state, too many start retries too quickly',
    ],
  },
  {
    title: 'startretries=0 is FATAL after the first failure',
    from: inState('BACKOFF', { failures: 1 }),
    policy: { startRetries: 0 },
    input: deadline,
    at: 1000,
    to: 'FATAL',
    deadline: null,
    effects: [
      'emit FATAL from:BACKOFF pid:0 tries:0',
      'log info gave up: a entered FATAL state, too many start retries too quickly',
    ],
  },
  {
    title: 'a stop in BACKOFF is STOPPED at once',
    from: inState('BACKOFF', { failures: 1 }),
    input: stop,
    at: 5,
    to: 'STOPPED',
    deadline: null,
    effects: ['log debug Attempted to kill a, which is in BACKOFF state.', 'emit STOPPED from:BACKOFF pid:0 tries:1'],
  },
  {
    title: 'a shutdown ends BACKOFF as FATAL without a word',
    from: inState('BACKOFF', { failures: 1 }),
    input: shutdownBegan,
    at: 5,
    to: 'FATAL',
    deadline: null,
    effects: ['emit FATAL from:BACKOFF pid:0 tries:0'],
  },
  {
    title: 'an expected end stays EXITED',
    from: inState('RUNNING'),
    input: exited(0),
    at: 5000,
    to: 'EXITED',
    deadline: null,
    effects: [
      'emit EXITED from:RUNNING pid:71 tries:0 expected:true',
      'log info exited: a (exit status 0; expected)',
      'closePipes',
    ],
  },
  {
    title: 'an unexpected end restarts without delay',
    from: inState('RUNNING'),
    input: exited(1),
    at: 5000,
    to: 'EXITED',
    deadline: 5000,
    effects: [
      'emit EXITED from:RUNNING pid:71 tries:0 expected:false',
      'log warn exited: a (exit status 1; not expected)',
      'closePipes',
    ],
  },
  {
    title: 'a signal is never an expected end',
    from: inState('RUNNING'),
    policy: { exitCodes: [0, 137, -1] },
    at: 5000,
    to: 'EXITED',
    deadline: 5000,
    input: { kind: 'exited', status: killedBy(9) },
    effects: [
      'emit EXITED from:RUNNING pid:71 tries:0 expected:false',
      'log warn exited: a (terminated by SIGKILL; not expected)',
      'closePipes',
    ],
  },
  {
    title: 'autorestart=false leaves an unexpected end',
    from: inState('RUNNING'),
    policy: { autorestart: 'false' },
    input: exited(1),
    at: 5000,
    to: 'EXITED',
    deadline: null,
    effects: [
      'emit EXITED from:RUNNING pid:71 tries:0 expected:false',
      'log warn exited: a (exit status 1; not expected)',
      'closePipes',
    ],
  },
  {
    title: 'a restart that is due starts',
    from: inState('EXITED', { deadline: 10 }),
    input: deadline,
    at: 10,
    to: 'STARTING',
    deadline: null,
    effects: ['emit STARTING from:EXITED pid:0 tries:0', 'spawn'],
  },
  {
    title: 'a stop takes a due restart back',
    from: inState('EXITED', { deadline: 10 }),
    input: stop,
    at: 10,
    to: 'EXITED',
    deadline: null,
    effects: [],
  },
  {
    title: 'a stop sends the stop signal to the process',
    from: inState('RUNNING'),
    input: stop,
    at: 5,
    to: 'STOPPING',
    deadline: 10_005,
    effects: [
      'log debug killing a (pid 71) with signal SIGTERM',
      'emit STOPPING from:RUNNING pid:71 tries:0',
      'kill 71 SIGTERM',
    ],
  },
  {
    title: 'stopasgroup sends it to the group',
    from: inState('STARTING'),
    policy: { stopAsGroup: true, stopSteps: [{ signal: 2, waitMs: 10_000 }] },
    input: stop,
    at: 5,
    to: 'STOPPING',
    deadline: 10_005,
    effects: [
      'log debug killing a (pid 71) process group with signal SIGINT',
      'emit STOPPING from:STARTING pid:71 tries:0',
      'kill -71 SIGINT',
    ],
  },
  {
    title: 'a shorter wait may come with the stop',
    from: inState('RUNNING'),
    input: { kind: 'stop', waitMs: 300 },
    at: 5,
    to: 'STOPPING',
    deadline: 305,
    effects: [
      'log debug killing a (pid 71) with signal SIGTERM',
      'emit STOPPING from:RUNNING pid:71 tries:0',
      'kill 71 SIGTERM',
    ],
  },
  {
    title: 'a shorter wait may come later',
    from: inState('STOPPING'),
    input: { kind: 'stop', waitMs: 300 },
    at: 5,
    to: 'STOPPING',
    deadline: 305,
    effects: [],
  },
  {
    title: 'a second stop sends nothing',
    from: inState('STOPPING'),
    input: stop,
    at: 5,
    to: 'STOPPING',
    deadline: 10_000,
    effects: [],
  },
  {
    title: 'stopwaitsecs over means SIGKILL, and again',
    from: inState('STOPPING'),
    input: deadline,
    at: 10_000,
    to: 'STOPPING',
    deadline: 20_000,
    effects: [
      "log warn killing 'a' (71) with SIGKILL",
      'log debug killing a (pid 71) with signal SIGKILL',
      'kill 71 SIGKILL',
    ],
  },
  {
    title: 'killasgroup kills the group',
    from: inState('STOPPING'),
    policy: { killAsGroup: true, stopSteps: [{ signal: 15, waitMs: 0 }] },
    input: deadline,
    at: 10_000,
    to: 'STOPPING',
    deadline: 11_000,
    effects: [
      "log warn killing 'a' (71) with SIGKILL",
      'log debug killing a (pid 71) process group with signal SIGKILL',
      'kill -71 SIGKILL',
    ],
  },
  {
    title: 'the end of a stop is STOPPED',
    from: inState('STOPPING'),
    input: exited(0),
    at: 50,
    to: 'STOPPED',
    deadline: null,
    effects: ['emit STOPPED from:STOPPING pid:71 tries:0', 'log info stopped: a (exit status 0)', 'closePipes'],
  },
  {
    title: 'a stop goes on while others of the group are there, and they are told',
    from: inState('STOPPING'),
    input: { kind: 'exited', status: exitedWith(0), groupAlive: true },
    at: 50,
    to: 'STOPPING',
    deadline: 10_000,
    effects: ['kill -71 SIGTERM'],
  },
  {
    title: 'stopasgroup has told them already',
    from: inState('STOPPING'),
    policy: { stopAsGroup: true },
    input: { kind: 'exited', status: exitedWith(0), groupAlive: true },
    at: 50,
    to: 'STOPPING',
    deadline: 10_000,
    effects: [],
  },
  {
    title: 'after a SIGKILL no time is left for others of the group',
    from: inState('STOPPING', { killed: true }),
    input: { kind: 'exited', status: killedBy(9), groupAlive: true },
    at: 50,
    to: 'STOPPING',
    deadline: 10_000,
    effects: ['sweepGroup 71'],
  },
  {
    title: 'the last of the group gone is STOPPED with the status of the process',
    from: inState('STOPPING', { leaderExit: exitedWith(0) }),
    input: { kind: 'groupGone' },
    at: 60,
    to: 'STOPPED',
    deadline: null,
    effects: ['emit STOPPED from:STOPPING pid:71 tries:0', 'log info stopped: a (exit status 0)', 'closePipes'],
  },
  {
    title: 'who is left of the group after stopwaitsecs is killed by name',
    from: inState('STOPPING', { leaderExit: exitedWith(0) }),
    input: deadline,
    at: 10_000,
    to: 'STOPPING',
    deadline: 20_000,
    effects: ['sweepGroup 71'],
  },
  {
    title: 'a group that may not be killed does not keep a stop from ending',
    from: inState('STOPPING', { leaderExit: exitedWith(0) }),
    input: killFailed,
    at: 60,
    to: 'STOPPED',
    deadline: null,
    effects: [
      "log warn cannot kill what 'a' left behind: EPERM",
      'emit STOPPED from:STOPPING pid:71 tries:0',
      'log info stopped: a (exit status 0)',
      'closePipes',
    ],
  },
  {
    title: 'a stop by signal is a warning',
    from: inState('STOPPING'),
    input: { kind: 'exited', status: killedBy(15) },
    at: 50,
    to: 'STOPPED',
    deadline: null,
    effects: ['emit STOPPED from:STOPPING pid:71 tries:0', 'log warn stopped: a (terminated by SIGTERM)', 'closePipes'],
  },
  {
    title: 'a demanded kill kills',
    from: inState('RUNNING'),
    input: killDemanded,
    at: 5,
    to: 'STOPPING',
    deadline: 10_005,
    effects: [
      'log debug killing a (pid 71) with signal SIGKILL',
      'emit STOPPING from:RUNNING pid:71 tries:0',
      'kill 71 SIGKILL',
    ],
  },
  {
    title: 'a kill that fails leaves the truth unknown',
    from: inState('STOPPING'),
    input: killFailed,
    at: 5,
    to: 'UNKNOWN',
    deadline: null,
    effects: ['log critical unknown problem killing a (71): EPERM', 'emit UNKNOWN from:STOPPING pid:71 tries:0'],
  },
  {
    title: 'the end of an unknown process is known again, and it does not come back',
    from: inState('UNKNOWN'),
    policy: { autorestart: 'true' },
    input: exited(1),
    at: 5,
    to: 'EXITED',
    deadline: null,
    effects: [
      'emit EXITED from:UNKNOWN pid:71 tries:0 expected:false',
      'log warn exited: a (exit status 1; not expected)',
      'closePipes',
    ],
  },
];

/** As for a process that has nothing to wait for. */
function stepOn(policy: ProcessPolicy, from: ProcessState, input: Input, at: number): Step {
  const first = step(policy, from, input, at);
  if (!first.effects.some(({ kind }) => kind === 'startWanted')) return first;
  const second = step(policy, first.next, EVERY_INPUT.admitted, at);
  return {
    next: second.next,
    effects: [...first.effects.filter(({ kind }) => kind !== 'startWanted'), ...second.effects],
  };
}

describe('the process machine', () => {
  for (const row of ROWS) {
    it(row.title, () => {
      const { next, effects } = stepOn({ ...POLICY, ...row.policy }, row.from, row.input, row.at);
      assert.deepEqual([next.state, next.deadline], [row.to, row.deadline]);
      assert.deepEqual(effects.map(renderEffect), row.effects);
    });
  }

  it('answers every input in every state, with an event exactly when the state changes', () => {
    for (const state of Object.keys(PROCESS_STATE_CODES) as ProcessStateName[]) {
      for (const kind of Object.keys(EVERY_INPUT) as InputKind[]) {
        const { next, effects } = step(POLICY, inState(state), EVERY_INPUT[kind], 20_000);
        const emitted = effects.filter((effect) => effect.kind === 'emit').at(-1)?.change.state;
        assert.equal(emitted ?? state, next.state, `${state} + ${kind}`);
      }
    }
  });

  it('has a row of transitions for every state', () => {
    assert.deepEqual(Object.keys(TRANSITIONS).sort(), Object.keys(PROCESS_STATE_CODES).sort());
  });

  it('tells clients no exit status after a too quick end', () => {
    const { next } = step(POLICY, inState('STARTING'), exited(3), 10);
    assert.equal(next.exitCounts, false);
    assert.deepEqual(next.lastExit, exitedWith(3));
  });
});
