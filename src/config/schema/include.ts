import { optional } from '../option.ts';
import { text } from '../value-types.ts';

/** Options of [include]. */
export const includeSchema = {
  files: optional({
    type: text,
    expand: 'host',
    onChange: 'apply',
    example: '/etc/supervisor/conf.d/*.conf',
    required: true,
    help: 'Patterns of files to read too, separated by blanks; relative ones start at the directory of this file.',
  }),
};
