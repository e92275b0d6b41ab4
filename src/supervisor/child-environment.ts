import type { ProcessConfig } from '../config/config.ts';

/**
 * What a program is told on top of what the daemon inherited; later entries win over earlier ones.
 * Source: supervisor/process.py _spawn_as_child.
 */
export function renderChildEnvironment(
  inherited: Readonly<Record<string, string>>,
  config: ProcessConfig,
  serverUrl: string | null,
): string[] {
  const url = config.serverurl ?? serverUrl;
  const environment: Record<string, string> = {
    ...inherited,
    SUPERVISOR_ENABLED: '1',
    ...(url === null ? {} : { SUPERVISOR_SERVER_URL: url }),
    SUPERVISOR_PROCESS_NAME: config.name,
    SUPERVISOR_GROUP_NAME: config.group,
    ...config.environment,
  };
  return Object.entries(environment).map(([name, value]) => `${name}=${value}`);
}
