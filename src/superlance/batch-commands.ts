import type { ListenerEvent } from '../listener/events.ts';
import { batchCommand } from './batch.ts';

function isCrash(event: ListenerEvent): event is Extract<ListenerEvent, { name: 'PROCESS_STATE_EXITED' }> {
  return event.name === 'PROCESS_STATE_EXITED' && !event.expected;
}

const LISTENER = 'An event listener, for events=';

export const crashmailbatch = batchCommand({
  name: 'crashmailbatch',
  about: `Mails from time to time which processes have ended unexpectedly. ${LISTENER}PROCESS_STATE_EXITED,TICK_60.`,
  defaultSubject: 'Crash alert from supervisord',
  describe(event, time) {
    if (!isCrash(event)) return null;
    return `${time} -- Process ${event.group}:${event.process} (pid ${event.pid}) died unexpectedly`;
  },
});

export const fatalmailbatch = batchCommand({
  name: 'fatalmailbatch',
  about: `Mails from time to time which processes could not be started. ${LISTENER}PROCESS_STATE_FATAL,TICK_60.`,
  defaultSubject: 'Fatal start alert from supervisord',
  describe(event, time) {
    if (event.name !== 'PROCESS_STATE_FATAL') return null;
    return `${time} -- Process ${event.group}:${event.process} failed to start too many times`;
  },
});

export const crashsms = batchCommand({
  name: 'crashsms',
  about:
    'Sends short messages about processes that have ended unexpectedly, to an address that turns mail into text ' +
    `messages. ${LISTENER}PROCESS_STATE_EXITED,TICK_60.`,
  defaultSubject: null,
  describe(event, time) {
    return isCrash(event) ? `[${event.group}:${event.process}](${event.pid}) exited unexpectedly ${time}` : null;
  },
});
