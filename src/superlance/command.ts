import type { ListenerEvent } from '../listener/events.ts';
import type { CommandShape, Given } from './command-line.ts';
import type { Host, Server } from './host.ts';

/** What a listener does with each event. */
export type EventHandler = (event: ListenerEvent) => Promise<void>;

/** One of the programs. */
export interface Command {
  readonly shape: CommandShape;
  /** Whether it has to reach a control server. */
  readonly needsServer: boolean;
  /** Whether it can do anything without a word of options. */
  readonly needsWords: boolean;
  /**
   * Reads the options and gives what to do. `server` connects at the first call.
   * @throws UsageError
   */
  create(host: Host, given: Given, server: Server): EventHandler;
}
