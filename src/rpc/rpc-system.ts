export interface ProcessTreeUsage {
  /** Percent of one CPU. */
  readonly cpuPercent: number;
  readonly residentBytes: number;
  readonly processes: number;
}

/** What methods need of the machine beyond the daemon itself. */
export interface RpcSystem {
  /** What each of these processes takes together with all that it started; CPU since the last call. */
  usageOf(pids: readonly number[]): Promise<ReadonlyMap<number, ProcessTreeUsage>>;
  /** Runs `task` once, so many milliseconds from now; the returned function takes that back. */
  after(delayMs: number, task: () => void): () => void;
  /** `Nov 21 01:20 AM` of milliseconds since the epoch, in local time. */
  renderShortTime(wallMs: number): string;
}
