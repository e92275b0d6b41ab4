import { hookUrl, httpHeaders } from '../hook-types.ts';
import { option, optional } from '../option.ts';
import { integer, list, seconds, text } from '../value-types.ts';

const APPLY = { expand: 'here', onChange: 'apply', since: 'initvisor' } as const;

/** Every option of [hook:x]. */
export const hookSchema = {
  events: option({
    ...APPLY,
    type: list,
    default: '',
    example: 'PROCESS_STATE_FATAL,PROCESS_STATE_EXITED',
    required: true,
    help: 'Names of the events to send, in any case; a parent stands for all under it.',
  }),
  url: optional({
    ...APPLY,
    type: hookUrl,
    example: 'https://hooks.example.com/T0/secret',
    secret: true,
    help: 'Where each event is POSTed to as JSON. A hook has a url or a command.',
  }),
  command: optional({
    ...APPLY,
    type: text,
    example: '/usr/local/bin/on-event',
    help: 'Command that runs for each event, with the event as JSON on stdin and in INITVISOR_EVENT_* variables.',
  }),
  headers: option({
    ...APPLY,
    type: httpHeaders,
    default: '',
    example: 'Authorization: Bearer secret',
    secret: true,
    help: 'More headers of the POST, `Name: value`, separated by commas or on lines of their own.',
  }),
  timeout: option({
    ...APPLY,
    type: seconds,
    default: '5',
    unit: 'seconds',
    help: 'Longest that one try may take; a command is killed then.',
  }),
  retries: option({
    ...APPLY,
    type: integer,
    default: '3',
    help: 'Further tries after a failed one, after 1 s, 2 s, 4 s and so on.',
  }),
  buffer_size: option({
    ...APPLY,
    type: integer,
    default: '100',
    help: 'Events that may wait, 1 or more; beyond it the oldest are dropped.',
  }),
};
