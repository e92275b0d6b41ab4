import type { ProbeSpec } from '../model/probe-spec.ts';
import { renderConnectionProblem } from './connection-problem.ts';
import type { ProbeResult } from './probe-result.ts';

/** Somebody who accepts connections is well; nothing is sent. */
export async function checkTcp(
  { host, port }: Extract<ProbeSpec, { kind: 'tcp' }>,
  signal: AbortSignal,
): Promise<ProbeResult> {
  // Loaded with the first check of this kind.
  const { connectOnce } = await import('../os/tcp-connect.ts');
  try {
    await connectOnce({ host, port, signal });
    return { ok: true, detail: 'connected' };
  } catch (error) {
    return { ok: false, detail: signal.aborted ? '' : renderConnectionProblem(error) };
  }
}
