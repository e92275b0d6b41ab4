import { joinNamespec } from '../model/namespec.ts';

/** One line of the page. */
export interface ProcessRow {
  /** As people write it: `web`, `app:web`. */
  readonly namespec: string;
  readonly state: string;
  readonly description: string;
}

function textOf(struct: object, key: string): string {
  const value: unknown = Reflect.get(struct, key);
  return typeof value === 'string' ? value : '';
}

/** Rows from what getAllProcessInfo returns. */
export function readProcessRows(info: unknown): ProcessRow[] {
  if (!Array.isArray(info)) return [];
  return info
    .filter((each): each is object => typeof each === 'object' && each !== null)
    .map((each) => ({
      namespec: joinNamespec(textOf(each, 'group'), textOf(each, 'name')),
      state: textOf(each, 'statename'),
      description: textOf(each, 'description'),
    }));
}
