import type { ProcessStateName } from '../model/states.ts';
import type { Step } from './process-state.ts';
import {
  exitedWhileRunning,
  exitedWhileStarting,
  launch,
  launchAnew,
  retryOrGiveUp,
  spawned,
  spawnFailed,
  startedUp,
} from './starting.ts';
import { enter, type Handler, type InputKind, ignore, type Moment } from './steps.ts';
import {
  exitedWhileStopping,
  groupGoneWhileStopping,
  groupKillFailed,
  killAlive,
  killFailed,
  killOverdue,
  stopAlive,
  stopBackedOff,
  stopSooner,
} from './stopping.ts';

/** The process is no longer one to restart: the exit that was to be mended by a restart stays. */
const forgetRestart = ({ process }: Moment): Step => ({ next: { ...process, deadline: null }, effects: [] });

const NOTHING_ALIVE = ignore('no process is alive in this state');
const ALREADY_UP = ignore('it is up, or on its way');
const NOT_SPAWNING = ignore('a spawn answers only in STARTING');
const NO_DEADLINE = ignore('this state ends by no deadline');
const NO_GROUP = ignore('only a stop waits for the group');
const UNKNOWABLE = ignore('its truth is lost: only its exit tells more');

/** What each input does in each state; a missing pair does not compile. */
export const TRANSITIONS = {
  STOPPED: {
    start: launchAnew,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: NO_DEADLINE,
    exited: NOTHING_ALIVE,
    groupGone: NO_GROUP,
    stop: NOTHING_ALIVE,
    killDemanded: NOTHING_ALIVE,
    killFailed: NOTHING_ALIVE,
    shutdownBegan: NOTHING_ALIVE,
  },
  STARTING: {
    start: ALREADY_UP,
    spawned,
    spawnFailed,
    deadline: startedUp,
    exited: exitedWhileStarting,
    groupGone: NO_GROUP,
    stop: stopAlive,
    killDemanded: killAlive,
    killFailed,
    shutdownBegan: ignore('its layer has its turn'),
  },
  RUNNING: {
    start: ALREADY_UP,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: NO_DEADLINE,
    exited: exitedWhileRunning,
    groupGone: NO_GROUP,
    stop: stopAlive,
    killDemanded: killAlive,
    killFailed,
    shutdownBegan: ignore('its layer has its turn'),
  },
  BACKOFF: {
    start: ALREADY_UP,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: retryOrGiveUp,
    exited: NOTHING_ALIVE,
    groupGone: NO_GROUP,
    stop: stopBackedOff,
    killDemanded: stopBackedOff,
    killFailed: NOTHING_ALIVE,
    shutdownBegan: ({ process }) => enter(process, 'FATAL', { failures: 0 }),
  },
  STOPPING: {
    start: ignore('it must be gone first'),
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: killOverdue,
    exited: exitedWhileStopping,
    groupGone: groupGoneWhileStopping,
    stop: stopSooner,
    killDemanded: killAlive,
    killFailed: groupKillFailed,
    shutdownBegan: ignore('it is on its way'),
  },
  EXITED: {
    start: launchAnew,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: launch,
    exited: NOTHING_ALIVE,
    groupGone: NO_GROUP,
    stop: forgetRestart,
    killDemanded: forgetRestart,
    killFailed: NOTHING_ALIVE,
    shutdownBegan: forgetRestart,
  },
  FATAL: {
    start: launchAnew,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: NO_DEADLINE,
    exited: NOTHING_ALIVE,
    groupGone: NO_GROUP,
    stop: NOTHING_ALIVE,
    killDemanded: NOTHING_ALIVE,
    killFailed: NOTHING_ALIVE,
    shutdownBegan: NOTHING_ALIVE,
  },
  UNKNOWN: {
    start: UNKNOWABLE,
    spawned: NOT_SPAWNING,
    spawnFailed: NOT_SPAWNING,
    deadline: NO_DEADLINE,
    exited: exitedWhileRunning,
    groupGone: NO_GROUP,
    stop: UNKNOWABLE,
    killDemanded: UNKNOWABLE,
    killFailed: UNKNOWABLE,
    shutdownBegan: UNKNOWABLE,
  },
} satisfies Record<ProcessStateName, { [K in InputKind]: Handler<K> }>;
