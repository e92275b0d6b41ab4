import type { ProbeSpec } from '../model/probe-spec.ts';
import { renderConnectionProblem } from './connection-problem.ts';
import type { ProbeResult } from './probe-result.ts';

/** A page that tells how things are is short; of another one as much is read as shows that it comes. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Asks for a page; 2xx and 3xx are well, and no redirect is followed. A certificate is not verified, as in Kubernetes:
 * it is for the name that clients know, and the one who is asked is this container's own.
 */
export async function checkHttp(
  { url }: Extract<ProbeSpec, { kind: 'http' }>,
  userAgent: string,
  signal: AbortSignal,
): Promise<ProbeResult> {
  // Loaded with the first check of this kind.
  const { get } = await import('../os/http-get.ts');
  const headers = { 'User-Agent': userAgent, Accept: '*/*' };
  try {
    const how = { url, headers, maxBodyBytes: MAX_BODY_BYTES, verifiesCertificate: false, signal };
    const { status, isWhole } = await get(how);
    if (status < 200 || status > 399) return { ok: false, detail: `HTTP ${status}` };
    if (!isWhole) return { ok: false, detail: `HTTP ${status}, but its body did not come to an end` };
    return { ok: true, detail: `HTTP ${status}` };
  } catch (error) {
    return { ok: false, detail: signal.aborted ? '' : renderConnectionProblem(error) };
  }
}
