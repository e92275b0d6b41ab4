/** Levels of the main log with their codes in a line and their weights. Source: supervisor/loggers.py. */
export const LOG_LEVELS = {
  critical: { code: 'CRIT', weight: 50 },
  error: { code: 'ERRO', weight: 40 },
  warn: { code: 'WARN', weight: 30 },
  info: { code: 'INFO', weight: 20 },
  debug: { code: 'DEBG', weight: 10 },
  trace: { code: 'TRAC', weight: 5 },
  blather: { code: 'BLAT', weight: 3 },
} as const;

export type LogLevel = keyof typeof LOG_LEVELS;

export interface LogMessage {
  readonly level: LogLevel;
  readonly text: string;
}

/** What everything that logs is handed. */
export type Log = (level: LogLevel, text: string) => void;
