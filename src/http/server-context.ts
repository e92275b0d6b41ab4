import type { Clock } from '../model/clock.ts';
import type { Log } from '../model/log-level.ts';
import type { DeadlineTimer } from '../os/clock.ts';
import type { HttpLimits } from './limits.ts';
import type { Route } from './route.ts';

/** What one server works with. */
export interface HttpServerContext {
  readonly routes: readonly Route[];
  readonly log: Log;
  /** Whether a line for each request is wanted. */
  readonly tracesRequests: () => boolean;
  /** Told of each answer's bytes. */
  readonly onSent: (bytes: number) => void;
  readonly clock: Clock;
  readonly createTimer: (onDue: () => void) => DeadlineTimer;
  readonly limits: HttpLimits;
  /** Null: everybody may do everything. */
  readonly isAuthorized: ((header: string | undefined) => boolean) | null;
  /** Null: any host, as on a unix socket. */
  readonly isAllowedHost: ((header: string | undefined) => boolean) | null;
}
