import type { EVENT_PARENTS, EventName } from '../model/event-types.ts';

/** First line of every event. */
export interface EventHeader {
  /** Version of the protocol, `3.0`. */
  readonly version: string;
  /** The daemon's `identifier`. */
  readonly server: string;
  /** Number of the event among all of the daemon's. */
  readonly serial: number;
  /** Name of the listener's section. */
  readonly pool: string;
  /** Number of the event among those of the pool. */
  readonly poolSerial: number;
  /** Name as it came, known or not. */
  readonly eventName: string;
}

interface EventBase<N extends string> {
  readonly name: N;
  readonly header: EventHeader;
  /** As it came, unparsed. */
  readonly payload: string;
}

interface OfProcess {
  readonly process: string;
  readonly group: string;
}

interface StateEvent<N extends string> extends EventBase<N>, OfProcess {
  readonly fromState: string;
}

export interface TriedEvent extends StateEvent<'PROCESS_STATE_STARTING' | 'PROCESS_STATE_BACKOFF'> {
  /** Failed starts so far. */
  readonly tries: number;
}

export interface AliveEvent
  extends StateEvent<'PROCESS_STATE_RUNNING' | 'PROCESS_STATE_STOPPING' | 'PROCESS_STATE_STOPPED'> {
  readonly pid: number;
}

export interface ExitedEvent extends StateEvent<'PROCESS_STATE_EXITED'> {
  readonly pid: number;
  /** Whether its status is among `exitcodes`. */
  readonly expected: boolean;
}

export interface GivenUpEvent extends StateEvent<'PROCESS_STATE_FATAL' | 'PROCESS_STATE_UNKNOWN'> {}

export interface CommunicationEvent
  extends EventBase<'PROCESS_COMMUNICATION_STDOUT' | 'PROCESS_COMMUNICATION_STDERR'>,
    OfProcess {
  readonly pid: number;
  /** What the process wrote between the two tokens. */
  readonly data: string;
}

export interface LogEvent extends EventBase<'PROCESS_LOG_STDOUT' | 'PROCESS_LOG_STDERR'>, OfProcess {
  readonly pid: number;
  readonly channel: 'stdout' | 'stderr';
  readonly data: string;
}

export interface RemoteEvent extends EventBase<'REMOTE_COMMUNICATION'> {
  readonly type: string;
  readonly data: string;
}

export interface SupervisorChangeEvent
  extends EventBase<'SUPERVISOR_STATE_CHANGE_RUNNING' | 'SUPERVISOR_STATE_CHANGE_STOPPING'> {}

export interface TickEvent extends EventBase<'TICK_5' | 'TICK_60' | 'TICK_3600'> {
  /** Seconds since the epoch, a multiple of the period. */
  readonly when: number;
}

export interface GroupEvent extends EventBase<'PROCESS_GROUP_ADDED' | 'PROCESS_GROUP_REMOVED'> {
  readonly group: string;
}

/** An event of a kind, or with a payload, that this version does not know; see `header.eventName` and `payload`. */
export interface OtherEvent extends EventBase<'OTHER'> {}

/** Every event that a listener can get, told apart by `name`. */
export type ListenerEvent =
  | TriedEvent
  | AliveEvent
  | ExitedEvent
  | GivenUpEvent
  | CommunicationEvent
  | LogEvent
  | RemoteEvent
  | SupervisorChangeEvent
  | TickEvent
  | GroupEvent
  | OtherEvent;

/** Names of which `P` is the parent. */
type ChildrenOf<P extends EventName> = {
  [N in EventName]: (typeof EVENT_PARENTS)[N] extends P ? N : never;
}[EventName];
/** A name and all names under it; the tree is three deep. */
type Covered<N extends EventName> = N | ChildrenOf<N> | ChildrenOf<ChildrenOf<N>>;
type Overlapping<E, Names> = E extends { readonly name: infer M }
  ? Extract<M, Names> extends never
    ? never
    : E
  : never;

/** The events that a subscription to `N` brings: of a parent, all that are under it. */
export type EventOf<N extends EventName | 'OTHER'> = N extends 'EVENT'
  ? ListenerEvent
  : N extends EventName
    ? Overlapping<ListenerEvent, Covered<N>>
    : OtherEvent;
