import type { PolledProbe } from '../model/probe-spec.ts';
import { checkExec, type ExecContext, type ProbeRuntime } from './exec.ts';
import { checkHttp } from './http.ts';
import type { ProbeResult } from './probe-result.ts';
import { checkTcp } from './tcp.ts';

export type { ProbeRuntime } from './exec.ts';
export type { ProbeResult } from './probe-result.ts';

export interface PolledProbeContext extends ExecContext {
  /** As which a http check introduces itself. */
  readonly userAgent: string;
  /** Runs `task` once, so many milliseconds from now; the returned function takes that back. */
  readonly after: (delayMs: number, task: () => void) => () => void;
}

export interface PolledProbeOptions {
  readonly timeoutMs: number;
  /** For commands. */
  readonly runtime: ProbeRuntime;
}

/** Each ends soon after the signal aborts, with what it knows by then. */
function carryOut(
  probe: PolledProbe,
  { runtime }: PolledProbeOptions,
  context: PolledProbeContext,
  signal: AbortSignal,
): Promise<ProbeResult> {
  switch (probe.kind) {
    case 'http':
      return checkHttp(probe, context.userAgent, signal);
    case 'tcp':
      return checkTcp(probe, signal);
    case 'exec':
      return checkExec(probe, runtime, context, signal);
  }
}

function tooLate(timeoutMs: number, known: string): ProbeResult {
  const late = `no answer within ${timeoutMs / 1000} s`;
  return { ok: false, detail: known === '' ? late : `${late}: ${known}` };
}

/**
 * Carries out one check. Calls `onResult` once, never from inside this call, unless the returned function is called
 * first: then never, and what was begun is ended. Nothing of it is left after either.
 */
export function startPolledProbe(
  probe: PolledProbe,
  options: PolledProbeOptions,
  context: PolledProbeContext,
  onResult: (result: ProbeResult) => void,
): () => void {
  const { timeoutMs } = options;
  const abort = new AbortController();
  let isCancelled = false;
  let isLate = false;
  const disarm = context.after(timeoutMs, () => {
    isLate = true;
    abort.abort();
  });
  const end = (result: ProbeResult): void => {
    disarm();
    if (!isCancelled) onResult(isLate && !result.ok ? tooLate(timeoutMs, result.detail) : result);
  };
  carryOut(probe, options, context, abort.signal)
    .catch((error: unknown) => ({ ok: false, detail: `internal error: ${error}` }))
    .then(end);
  return () => {
    isCancelled = true;
    disarm();
    abort.abort();
  };
}
