import type { Facade } from '../supervisor/facade.ts';
import { RpcFault } from './fault.ts';

type LogFiles = Pick<Facade, 'readLogFile' | 'logFileSize'>;

/** Most bytes of a log in one answer: a read without a length takes so much, as whole logs may be beyond memory. */
const MAX_READ_BYTES = 16 * 1024 * 1024;

/** What cannot be read is FAILED, without a reason, as upstream. */
function failing<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RpcFault) throw error;
    throw new RpcFault('FAILED');
  }
}

function range(size: number, offset: number, length: number): { start: number; length: number } {
  if (offset < 0) {
    if (length !== 0) throw new RpcFault('BAD_ARGUMENTS');
    return { start: Math.max(size + offset, 0), length: -offset };
  }
  if (length < 0) throw new RpcFault('BAD_ARGUMENTS');
  return { start: offset, length: length === 0 ? size - offset : length };
}

/**
 * Text of a log from `offset`, counted from the end when negative; `length` 0 is all. Both are bytes.
 * A character cut at either end, or bytes that are no UTF-8, become U+FFFD.
 * @throws RpcFault NO_FILE, BAD_ARGUMENTS or FAILED. Source: supervisor/options.py readFile.
 */
export function readLog(files: LogFiles, path: string | null, offset: number, length: number): string {
  if (path === null) throw new RpcFault('NO_FILE');
  return failing(() => {
    const size = files.logFileSize(path);
    if (size === null) throw new RpcFault('NO_FILE', path);
    const wanted = range(size, offset, length);
    const count = Math.min(wanted.length, size - wanted.start, MAX_READ_BYTES);
    if (count <= 0) return '';
    return files.readLogFile(path, wanted.start, count)?.toString('utf8') ?? '';
  });
}

/**
 * [text, size of the log in bytes, whether there was more than asked for]. Source: supervisor/options.py tailFile.
 */
export function tailLog(
  files: LogFiles,
  path: string | null,
  offset: number,
  length: number,
): readonly [string, number, boolean] {
  try {
    const size = path === null ? null : files.logFileSize(path);
    if (path === null || size === null) return ['', 0, false];
    const overflow = size > offset + length;
    let start = overflow ? size - 1 : offset;
    let wanted = length;
    if (start + wanted > size) {
      if (start > size - 1) wanted = 0;
      start = size - wanted;
    }
    start = Math.max(start, 0);
    const count = Math.min(wanted, size - start, MAX_READ_BYTES);
    const text = count > 0 ? files.readLogFile(path, start, count)?.toString('utf8') : '';
    return [text ?? '', size, overflow];
  } catch {
    // Unreadable: upstream answers as for an empty log.
    return ['', offset, false];
  }
}
