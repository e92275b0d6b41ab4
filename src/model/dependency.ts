/** What has to have happened to a program before one that depends on it may start. */
export const CONDITIONS = ['started', 'running', 'ready', 'completed'] as const;

export type DependencyCondition = (typeof CONDITIONS)[number];

/** As written in a configuration; no condition: `running`, of a oneshot `completed`. */
export interface WrittenDependency {
  readonly name: string;
  readonly condition: DependencyCondition | null;
}

/** One process that another waits for. */
export interface Dependency {
  /** `group:name`. */
  readonly id: string;
  readonly condition: DependencyCondition;
}
