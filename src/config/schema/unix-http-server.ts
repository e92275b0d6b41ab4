import { userGroup } from '../host-types.ts';
import { option, optional } from '../option.ts';
import { octal, text, withError } from '../value-types.ts';

const ENV = { expand: 'env', onChange: 'daemon' } as const;

/** A user name and its password, for both kinds of servers. */
export const credentialsSchema = {
  username: optional({
    ...ENV,
    type: text,
    example: 'admin',
    help: 'User name that clients must give; needs a password.',
  }),
  password: optional({
    ...ENV,
    type: text,
    secret: true,
    example: '{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d',
    help: 'In clear, or {SHA} and the SHA-1 in hexadecimal.',
  }),
};

/** Options of [unix_http_server]. */
export const unixHttpServerSchema = {
  file: optional({
    ...ENV,
    expand: 'here',
    type: text,
    example: '/run/supervisor.sock',
    required: true,
    help: 'Path of the socket.',
  }),
  ...credentialsSchema,
  chown: optional({
    ...ENV,
    type: withError(userGroup, (value) => `Invalid sockchown value ${value}`),
    example: 'nobody:nogroup',
    help: 'Owner of the socket.',
  }),
  chmod: option({
    ...ENV,
    type: withError(octal, (value) => `Invalid chmod value ${value}`),
    default: '0700',
    help: 'Mode of the socket.',
  }),
};
