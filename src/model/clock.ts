/** Milliseconds on a clock that never goes backwards; its zero means nothing. */
export type MonotonicMs = number;

export interface Clock {
  /** Monotonic milliseconds, for deadlines. */
  monotonicMs(): MonotonicMs;
  /** Milliseconds since the epoch, for log lines and start and stop times. */
  wallMs(): number;
}
