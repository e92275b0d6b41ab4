import { userGroup } from '../host-types.ts';
import { optional } from '../option.ts';
import { integer, octal, text, withError } from '../value-types.ts';
import { programSchema } from './program.ts';

const GROUP = { expand: 'here', onChange: 'group' } as const;

/** What [fcgi-program:x] has beyond a program, in Supervisor's order. */
export const fcgiSocketSchema = {
  socket_backlog: optional({
    ...GROUP,
    type: integer,
    example: '128',
    help: 'Connections that may wait to be accepted, 1 to 65535.',
  }),
  socket_owner: optional({
    ...GROUP,
    type: withError(userGroup, (value) => `Invalid socket_owner value ${value}`),
    example: 'www-data:www-data',
    help: "Owner of a unix socket; by default the program's user.",
  }),
  socket_mode: optional({
    ...GROUP,
    type: withError(octal, (value) => `Invalid socket_mode value ${value}`),
    example: '0700',
    help: 'Mode of a unix socket, 0700 by default.',
  }),
  socket: optional({
    ...GROUP,
    expand: 'program',
    type: text,
    example: 'unix:///run/app.sock',
    required: true,
    help: 'Socket that every process accepts from: unix:///path or tcp://host:port.',
  }),
};

/** Every option of [fcgi-program:x]. */
export const fcgiProgramSchema = { ...programSchema, ...fcgiSocketSchema };
