import type { Native } from '../os/native.ts';
import { readNow } from '../os/read-now.ts';

const NEWLINE = 0x0a;
const READ_BYTES = 4096;

/** `ready`: a newline came. `closed`: the last write end was closed without one, so none will come. */
export type NotifyFdEvent = 'ready' | 'closed';

export interface NotifyFd {
  /** For the program, by whatever number it knows it. */
  readonly childEnd: number;
  /** Once the program has its copy, or there will be no program; else the end of the pipe is never seen. */
  closeChildEnd(): void;
  close(): void;
}

export interface NotifyFdContext {
  readonly native: Pick<Native, 'pipe' | 'close' | 'watchReadable'>;
}

/**
 * Opens a pipe on which a program tells that it is ready, as s6 does: with a newline, whatever comes before or after it.
 * Calls back once at most. What comes later is read away: a pipe that nobody reads would end the program by SIGPIPE.
 * @throws the system call's error, with nothing left open
 */
export function openNotifyFd({ native }: NotifyFdContext, onEvent: (event: NotifyFdEvent) => void): NotifyFd {
  const [readEnd, childEnd] = native.pipe(true, false);
  const buffer = new Uint8Array(READ_BYTES);
  let ours: number | null = readEnd;
  let theirs: number | null = childEnd;
  let isTold = false;
  let stop: () => void;

  function closeChildEnd(): void {
    if (theirs !== null) native.close(theirs);
    theirs = null;
  }

  function closeOurs(): void {
    if (ours === null) return;
    stop();
    native.close(ours);
    ours = null;
  }

  function tell(event: NotifyFdEvent): void {
    if (isTold) return;
    isTold = true;
    onEvent(event);
  }

  function read(): void {
    const count = readNow(readEnd, buffer);
    if (count === null) return;
    if (count === 0) {
      // Its end is there to be read for ever.
      closeOurs();
      tell('closed');
    } else if (buffer.subarray(0, count).includes(NEWLINE)) tell('ready');
  }

  try {
    stop = native.watchReadable(readEnd, read);
  } catch (error) {
    native.close(readEnd);
    closeChildEnd();
    throw error;
  }
  return {
    childEnd,
    closeChildEnd,
    close() {
      isTold = true;
      closeChildEnd();
      closeOurs();
    },
  };
}
