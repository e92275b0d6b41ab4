import { option } from '../option.ts';
import { integer, list } from '../value-types.ts';

/** Options of [group:x]. */
export const groupSchema = {
  programs: option({
    type: list,
    default: '',
    expand: 'here',
    onChange: 'group',
    example: 'web,worker',
    help: 'Programs that make up the group and no longer have one of their own.',
  }),
  priority: option({
    type: integer,
    default: '999',
    expand: 'here',
    onChange: 'group',
    rpcKey: 'group_prio',
    help: 'Lower starts earlier and stops later.',
  }),
};
