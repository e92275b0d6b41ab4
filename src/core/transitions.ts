import type { ProcessStateName } from '../model/states.ts';
import {
  hurryPostStop,
  killPostStop,
  postStopExited,
  postStopNotSpawned,
  postStopSpawned,
  unlessPostStop,
} from './post-stop.ts';
import { stopTimeMs } from './process-state.ts';
import {
  exitedUnknown,
  exitedWhileRunning,
  exitedWhileStarting,
  launch,
  retryOrGiveUp,
  spawned,
  spawnFailed,
  startedUp,
  wantStart,
  wantStartAnew,
} from './starting.ts';
import { enter, type Handler, type InputKind, ignore, type Moment, stay } from './steps.ts';
import {
  exitedWhileStopping,
  groupGoneWhileStopping,
  groupKillFailed,
  killAlive,
  killFailed,
  notSpawnedWhileStopping,
  spawnedWhileStopping,
  stopAlive,
  stopBackedOff,
  stopOverdue,
  stopSooner,
} from './stopping.ts';

/** The process is no longer one to start: whatever was to bring it back is forgotten. */
const forgetStart = unlessPostStop(hurryPostStop, (at) => stay(at, { deadline: null, wantsStart: false }));

const killLeftover = unlessPostStop(
  (at) => {
    const step = killPostStop(at);
    return { ...step, next: { ...step.next, resumeAt: null } };
  },
  (at) => stay(at, { deadline: null, wantsStart: false }),
);

/** A retry that a shutdown forestalls. */
const giveUpRetry = unlessPostStop(
  ({ process, policy, now }) =>
    enter(process, 'FATAL', { failures: 0, resumeAt: null, deadline: now + stopTimeMs(policy) }),
  ({ process }) => enter(process, 'FATAL', { failures: 0 }),
);

const ITS_TURN_COMES = ignore('its layer has its turn');

/** The program itself must not start any more, so the command before it has no time to lose. */
const stopBeforeStart = (at: Moment) =>
  at.process.task === 'pre_start' ? stopAlive(at, { kind: 'stop' }) : ITS_TURN_COMES(at);

const ALREADY_UP = ignore('it is up, or on its way');
const NOT_SPAWNING = ignore('a spawn answers only in STARTING');
const NO_GROUP = ignore('only a stop waits for the group');
const UNKNOWABLE = ignore('its truth is lost: only its exit tells more');
const NOT_ASKED = ignore('it did not ask to start');

/** States in which the program is down: what lives is the command after its end. */
const DOWN = {
  start: wantStartAnew,
  admitted: launch,
  spawned: postStopSpawned,
  spawnFailed: postStopNotSpawned,
  deadline: unlessPostStop(killPostStop, wantStart),
  exited: postStopExited,
  groupGone: NO_GROUP,
  stop: forgetStart,
  killDemanded: killLeftover,
  killFailed: ignore('it is gone, or somebody else has to see to it'),
  shutdownBegan: forgetStart,
};

/** What each input does in each state; a missing pair does not compile. */
export const TRANSITIONS = {
  STOPPED: DOWN,
  STARTING: {
    start: ALREADY_UP,
    admitted: NOT_ASKED,
    spawned,
    spawnFailed,
    deadline: startedUp,
    exited: exitedWhileStarting,
    groupGone: NO_GROUP,
    stop: stopAlive,
    killDemanded: killAlive,
    killFailed,
    shutdownBegan: stopBeforeStart,
  },
  RUNNING: {
    start: ALREADY_UP,
    admitted: NOT_ASKED,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: ignore('this state ends by no deadline'),
    exited: exitedWhileRunning,
    groupGone: NO_GROUP,
    stop: stopAlive,
    killDemanded: killAlive,
    killFailed,
    shutdownBegan: ITS_TURN_COMES,
  },
  BACKOFF: {
    ...DOWN,
    start: ALREADY_UP,
    deadline: unlessPostStop(killPostStop, (at) => retryOrGiveUp(at, { kind: 'deadline' })),
    stop: stopBackedOff,
    killDemanded: stopBackedOff,
    shutdownBegan: giveUpRetry,
  },
  STOPPING: {
    start: ignore('it must be gone first'),
    admitted: NOT_ASKED,
    spawned: spawnedWhileStopping,
    spawnFailed: notSpawnedWhileStopping,
    deadline: stopOverdue,
    exited: exitedWhileStopping,
    groupGone: groupGoneWhileStopping,
    stop: stopSooner,
    killDemanded: killAlive,
    killFailed: groupKillFailed,
    shutdownBegan: ignore('it is on its way'),
  },
  EXITED: DOWN,
  FATAL: DOWN,
  UNKNOWN: {
    start: UNKNOWABLE,
    admitted: NOT_ASKED,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: ignore('this state ends by no deadline'),
    exited: exitedUnknown,
    groupGone: NO_GROUP,
    stop: UNKNOWABLE,
    killDemanded: UNKNOWABLE,
    killFailed: UNKNOWABLE,
    shutdownBegan: UNKNOWABLE,
  },
} satisfies Record<ProcessStateName, { [K in InputKind]: Handler<K> }>;
