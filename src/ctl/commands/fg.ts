import { RpcFault } from '../../client/errors.ts';
import { FAULT_CODES } from '../../model/faults.ts';
import { pythonQuote } from '../../model/python-quote.ts';
import { PROCESS_STATE_CODES } from '../../model/states.ts';
import type { InputReader } from '../../os/input.ts';
import { type Command, splitWords } from '../command.ts';
import type { Controller } from '../controller.ts';
import { FOLLOW_HINT, followPath } from '../follow.ts';
import { upcheck } from '../upcheck.ts';

const HELP = 'fg <process>\tConnect to a process in foreground mode\n\t\tCtrl-C to exit';

const LEAVING = 'Exiting foreground';

function renderFault({ code, faultString }: RpcFault): string {
  return `ERROR: <Fault ${code}: ${pythonQuote(faultString)}>`;
}

/** Whether there is a process to talk to; says so when there is none. */
async function isRunning(ctl: Controller, name: string): Promise<boolean> {
  try {
    const { state } = await ctl.server.getProcessInfo(name);
    if (state === PROCESS_STATE_CODES.RUNNING) return true;
    ctl.fail('ERROR: process not running');
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    if (error.code === FAULT_CODES.BAD_NAME) ctl.fail('ERROR: bad process name supplied');
    else ctl.print(renderFault(error));
  }
  return false;
}

/** Sends one line; gives what to say when that was the last one. */
async function sendLine(ctl: Controller, name: string, line: string): Promise<string | null> {
  try {
    await ctl.server.sendProcessStdin(name, `${line}\n`);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    return error.code === FAULT_CODES.NOT_RUNNING ? 'Process got killed' : renderFault(error);
  }
  const { state } = await ctl.server.getProcessInfo(name);
  return state === PROCESS_STATE_CODES.RUNNING ? null : 'Process got killed';
}

/** Sends line after line until the process or the input ends, or Ctrl-C is pressed: at a line, or while one is sent. */
async function sendInput(ctl: Controller, name: string, input: InputReader): Promise<void> {
  let release = (): void => undefined;
  const interrupted = new Promise<'interrupted'>((resolve) => {
    release = ctl.host.onInterrupt(() => {
      input.interrupt();
      resolve('interrupted');
    });
  });
  ctl.print(FOLLOW_HINT);
  try {
    for (;;) {
      const answer = await input.readLine('');
      if (answer.kind !== 'line') return;
      const end = await Promise.race([sendLine(ctl, name, answer.text), interrupted]);
      if (end === 'interrupted') return;
      if (end === null) continue;
      ctl.print(end);
      return;
    }
  } finally {
    release();
  }
}

export const fgCommand: Command = {
  name: 'fg',
  args: 'processes',
  help: HELP,
  async run(ctl, arg) {
    if (!(await upcheck(ctl))) return;
    const [name, ...more] = splitWords(arg);
    if (name === undefined) {
      ctl.fail('ERROR: no process name supplied');
      ctl.print(HELP);
      return;
    }
    if (more.length > 0) {
      ctl.fail('ERROR: too many process names supplied');
      return;
    }
    if (!(await isRunning(ctl, name))) return;
    const input = await ctl.host.input();
    const abort = new AbortController();
    const sink = { onData: (bytes: Uint8Array) => ctl.host.write(bytes) };
    const streams = ['stdout', 'stderr'].map((channel) =>
      followPath(ctl, `/logtail/${name}/${channel}`, abort.signal, sink),
    );
    try {
      await sendInput(ctl, name, input);
      ctl.print(LEAVING);
    } finally {
      abort.abort();
      await Promise.all(streams);
    }
  },
};
