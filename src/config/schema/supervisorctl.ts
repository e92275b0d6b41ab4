import { option, optional } from '../option.ts';
import { text } from '../value-types.ts';

const ENV = { expand: 'env', onChange: 'daemon' } as const;

/** Options of [supervisorctl], which only the client reads. */
export const supervisorctlSchema = {
  serverurl: option({
    ...ENV,
    expand: 'here',
    type: text,
    default: 'http://localhost:9001',
    help: 'Server to talk to: http://host:port or unix:///path.',
  }),
  username: optional({ ...ENV, type: text, example: 'admin', help: 'User name to give.' }),
  password: optional({ ...ENV, type: text, secret: true, example: 'secret', help: 'Password to give, in clear.' }),
  prompt: option({ ...ENV, type: text, default: 'supervisor', help: 'Prompt of the shell.' }),
  history_file: optional({
    ...ENV,
    expand: 'here',
    type: text,
    example: '~/.sc_history',
    since: '3.0a5',
    help: "File for the shell's history.",
  }),
};
