import { joinNamespec } from '../model/namespec.ts';
import { createLogTimeRenderer } from '../os/local-time.ts';
import type { Command } from './command.ts';
import { type CommandShape, flag } from './command-line.ts';
import { commandMailFlags } from './mail-options.ts';
import { createNotifier } from './notice.ts';

const SHAPE: CommandShape = {
  name: 'crashmail',
  synopsis: '[-p NAME]... [-a] [-o TEXT] [-m ADDR] [-s CMD]',
  about:
    'Mails when a process that was running ends with a status that is not among its exitcodes. ' +
    'An event listener, for events=PROCESS_STATE_EXITED.',
  parser: 'getopt',
  flags: [
    flag('-h, --help', 'print this and end'),
    flag('-p, --program NAME', 'watch only this process, as name or group:name; may be given several times'),
    flag('-a, --any', 'watch every process, whatever -p says; so it does without -p'),
    flag('-o, --optionalheader TEXT', 'what the subject begins with'),
    ...commandMailFlags(),
  ],
};

export const crashmail: Command = {
  shape: SHAPE,
  needsServer: false,
  needsWords: false,
  create(host, given) {
    const names = new Set(given.all('program'));
    const all = given.has('any') || names.size === 0;
    const prefix = given.last('optionalheader');
    const notify = createNotifier(host, SHAPE.name, given);
    const renderTime = createLogTimeRenderer();
    return async (event) => {
      if (event.name !== 'PROCESS_STATE_EXITED' || event.expected) return;
      const { process, group, pid, fromState } = event;
      const isNamed = [process, joinNamespec(group, process), `${group}:${process}`].some((name) => names.has(name));
      if (!all && !isNamed) return;
      const what = `${process} crashed at ${renderTime(host.clock.wallMs())}`;
      if (notify === null) return host.log(`unexpected exit of ${group}:${process}, no address to mail to\n`);
      host.log('unexpected exit, mailing\n');
      await notify(
        prefix === undefined ? what : `${prefix}: ${what}`,
        `Process ${process} in group ${group} exited unexpectedly (pid ${pid}) from state ${fromState}`,
      );
    };
  },
};
