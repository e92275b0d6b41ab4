import type { ConfigSource } from './source.ts';

/** One grammar of values. */
export interface ValueType<T> {
  /** What the option reference calls it. */
  readonly name: string;
  /** Throws a ValueError with Supervisor's text. */
  readonly parse: (text: string, source: ConfigSource) => T;
}

/** A grammar that needs nothing from outside. */
export interface TextType<T> {
  readonly name: string;
  readonly parse: (text: string) => T;
}

/**
 * Names that an option's value may use besides `ENV_*` and `cpus`. `none`: not expanded when the section is read;
 * `env`: nothing more; `here`; `host`: and host_node_name; `program`: here and program_name; `section`: here,
 * program_name, host_node_name, group_name; `process`: these, process_num and numprocs.
 */
export type ExpandScope = 'none' | 'env' | 'here' | 'host' | 'program' | 'section' | 'process';

/** What a reread does with a new value: restart the process, take it over as it is, replace the group, or wait. */
export type OnChange = 'restart' | 'apply' | 'group' | 'daemon';

export interface Option<T> {
  readonly type: ValueType<T>;
  /** Written as in a file; null: there is none. */
  readonly default: string | null;
  /** The value when the option is absent. */
  readonly absent: (source: ConfigSource) => T;
  readonly unit: string | null;
  readonly expand: ExpandScope;
  readonly onChange: OnChange;
  /** Key in getAllConfigInfo, null when it is absent there. */
  readonly rpcKey: string | null;
  /** Supervisor's version that brought it, or `initvisor`. */
  readonly since: string;
  readonly help: string;
  /** A value worth showing where there is no default. */
  readonly example: string | null;
  /** Not to be printed. */
  readonly secret: boolean;
  /** A section without it is an error. */
  readonly required: boolean;
}

type Draft<T> = Pick<Option<T>, 'type' | 'expand' | 'onChange' | 'help'> &
  Partial<Pick<Option<T>, 'unit' | 'rpcKey' | 'since' | 'example' | 'secret' | 'required'>>;

const COMMON = { unit: null, rpcKey: null, since: '3.0', example: null, secret: false, required: false } as const;

/** An option whose default is a value of its own type. */
export function option<T>(draft: Draft<T> & { readonly default: string }): Option<T> {
  return { ...COMMON, ...draft, absent: (source) => draft.type.parse(draft.default, source) };
}

/** An option that is null when it is absent. */
export function optional<T>(draft: Draft<T>): Option<T | null> {
  return { ...COMMON, ...draft, default: null, absent: () => null };
}

export type Schema = Readonly<Record<string, Option<unknown>>>;

/** The values that a schema's options have. */
export type Values<S extends Schema> = { readonly [K in keyof S]: S[K] extends Option<infer T> ? T : never };
