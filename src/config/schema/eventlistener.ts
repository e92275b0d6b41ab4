import { option } from '../option.ts';
import { boolean, integer, list, text } from '../value-types.ts';
import { programSchema } from './program.ts';

const GROUP = { expand: 'here', onChange: 'group' } as const;

/** What an event listener pool has beyond its processes, in Supervisor's order. */
export const listenerPoolSchema = {
  priority: option({
    ...GROUP,
    type: integer,
    default: '-1',
    rpcKey: 'group_prio',
    help: 'Lower starts earlier and stops later; listeners come first.',
  }),
  buffer_size: option({
    ...GROUP,
    type: integer,
    default: '10',
    help: 'Events kept while every listener is busy, 1 or more.',
  }),
  result_handler: option({
    ...GROUP,
    type: text,
    default: 'supervisor.dispatchers:default_handler',
    help: 'Only the default handler exists here.',
  }),
  events: option({
    ...GROUP,
    type: list,
    default: '',
    example: 'PROCESS_STATE_EXITED,TICK_60',
    required: true,
    help: 'Names of the events to send; a parent stands for all under it.',
  }),
  redirect_stderr: option({
    ...GROUP,
    type: boolean,
    default: 'false',
    help: 'Must be false: stdout carries the protocol.',
  }),
};

/** Every option of [eventlistener:x]. */
export const eventlistenerSchema = { ...programSchema, ...listenerPoolSchema };
