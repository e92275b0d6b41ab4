import { HttpStatusError } from '../client/errors.ts';
import type { StreamSink } from '../client/transport.ts';
import type { Controller } from './controller.ts';
import { describeError } from './generic-error.ts';

/** Follows a stream of the server until it ends or is aborted; what goes wrong is told on stderr, as upstream. */
export async function followPath(ctl: Controller, path: string, signal: AbortSignal, sink: StreamSink): Promise<void> {
  try {
    await ctl.host.follow({ endpoint: ctl.endpoint, credentials: ctl.credentials, path, signal }, sink);
  } catch (error) {
    const [pythonClass, text] = describeError(error);
    const what =
      error instanceof HttpStatusError
        ? `Cannot read, status code ${error.status}`
        : `Cannot connect, error: <class '${pythonClass}'> (${text})`;
    ctl.host.writeError(`${ctl.serverurl}${path} ${what}\n`);
  }
}

export const FOLLOW_HINT = '==> Press Ctrl-C to exit <==';

/** Prints a stream until it ends or Ctrl-C is pressed. */
export async function tailStream(ctl: Controller, path: string): Promise<void> {
  ctl.print(FOLLOW_HINT);
  const abort = new AbortController();
  const release = ctl.host.onInterrupt(() => {
    ctl.print('');
    abort.abort();
  });
  try {
    await followPath(ctl, path, abort.signal, { onData: (bytes) => ctl.host.write(bytes) });
  } finally {
    release();
  }
}
