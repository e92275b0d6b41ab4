/**
 * Errors that no command knows: one line that starts as upstream's, `error: <class 'X'>, text`, for scripts look for it.
 * What upstream adds, file and line of its own source, is left out.
 */
import { ConnectionClosed, HttpStatusError, RpcFault } from '../client/errors.ts';
import { pythonQuote } from '../model/python-quote.ts';
import { CommandError } from './command-error.ts';

type Described = readonly [pythonClass: string, text: string];

/** Errno's names that connecting, reading and writing meet. Source: errno(3), Python's OSError subclasses. */
const SYSTEM_ERRORS: Readonly<Record<string, Described>> = {
  EACCES: ['PermissionError', '[Errno 13] Permission denied'],
  ECONNREFUSED: ['ConnectionRefusedError', '[Errno 111] Connection refused'],
  ECONNRESET: ['ConnectionResetError', '[Errno 104] Connection reset by peer'],
  EHOSTUNREACH: ['OSError', '[Errno 113] No route to host'],
  ENAMETOOLONG: ['OSError', 'AF_UNIX path too long'],
  ENETUNREACH: ['OSError', '[Errno 101] Network is unreachable'],
  ENOENT: ['FileNotFoundError', '[Errno 2] No such file or directory'],
  ENOTDIR: ['NotADirectoryError', '[Errno 20] Not a directory'],
  ENOTFOUND: ['socket.gaierror', '[Errno -2] Name or service not known'],
  ENOTSOCK: ['OSError', '[Errno 88] Socket operation on non-socket'],
  EPERM: ['PermissionError', '[Errno 1] Operation not permitted'],
  EPIPE: ['BrokenPipeError', '[Errno 32] Broken pipe'],
  EPROTOTYPE: ['OSError', '[Errno 91] Protocol wrong type for socket'],
  ETIMEDOUT: ['TimeoutError', '[Errno 110] Connection timed out'],
};

/** Errno's name of a system call's error, null for any other. */
export function systemErrorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Class and text of an error as Python would print them. */
export function describeError(error: unknown): Described {
  if (error instanceof RpcFault)
    return ['xmlrpc.client.Fault', `<Fault ${error.code}: ${pythonQuote(error.faultString)}>`];
  if (error instanceof HttpStatusError)
    return ['xmlrpc.client.ProtocolError', `<ProtocolError for 127.0.0.1/RPC2: ${error.status} ${error.reason}>`];
  if (error instanceof ConnectionClosed)
    return ['http.client.RemoteDisconnected', 'Remote end closed connection without response'];
  if (error instanceof CommandError) return [error.pythonClass, error.message];
  if (error instanceof RangeError) return ['OverflowError', 'int exceeds XML-RPC limits'];
  const known = SYSTEM_ERRORS[systemErrorCode(error) ?? ''];
  return known ?? ['Exception', error instanceof Error ? error.message : String(error)];
}

/** The line that is printed for it. */
export function renderError(error: unknown): string {
  const [pythonClass, text] = describeError(error);
  return `error: <class '${pythonClass}'>, ${text}`;
}
