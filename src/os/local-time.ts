const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/**
 * Makes a renderer of local times as `2026-11-21 01:20:30,123`, milliseconds cut off.
 * It remembers the last second, as log lines come in bursts.
 */
export function createLogTimeRenderer(): (wallMs: number) => string {
  let second = Number.NaN;
  let text = '';
  return (wallMs) => {
    const at = Math.floor(wallMs / 1000);
    if (at !== second) {
      const date = new Date(wallMs);
      const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
      text = `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())},`;
      second = at;
    }
    return text + pad(Math.floor(wallMs) - at * 1000, 3);
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** A time in UTC as in access logs: `21/Nov/2026:01:20:30 +0000`. */
export function renderAccessTime(wallMs: number): string {
  const date = new Date(wallMs);
  const day = `${pad(date.getUTCDate())}/${MONTHS[date.getUTCMonth()]}/${date.getUTCFullYear()}`;
  return `${day}:${pad(date.getUTCHours())}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())} +0000`;
}

/** A time as HTTP writes it: `Sat, 21 Nov 2026 01:20:30 GMT`. */
export function renderHttpDate(wallMs: number): string {
  return new Date(wallMs).toUTCString();
}

/** `Nov 21 01:20 AM` in local time of milliseconds since the epoch. Source: strftime %b %d %I:%M %p. */
export function renderShortTime(wallMs: number): string {
  const date = new Date(wallMs);
  const hour = date.getHours();
  const clock = `${pad(hour % 12 === 0 ? 12 : hour % 12)}:${pad(date.getMinutes())} ${hour < 12 ? 'AM' : 'PM'}`;
  return `${MONTHS[date.getMonth()]} ${pad(date.getDate())} ${clock}`;
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `Sat Nov 21 01:20:30 2026 UTC` in local time of milliseconds since the epoch. Source: Python time.asctime and %Z. */
export function renderAsctime(wallMs: number): string {
  const date = new Date(wallMs);
  const day = `${WEEKDAYS[date.getDay()]} ${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)}`;
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date);
  const zone = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${day} ${clock} ${date.getFullYear()} ${zone}`;
}

/** A time in UTC as machines read it: `2026-11-21T01:20:30.123Z`. Source: RFC 3339. */
export function renderIsoTime(wallMs: number): string {
  return new Date(wallMs).toISOString();
}

/** Makes a renderer of local times as syslog has them, `Nov  1 01:20:30`, which remembers the last second. */
export function createSyslogTimeRenderer(): (wallMs: number) => string {
  let second = Number.NaN;
  let text = '';
  return (wallMs) => {
    const at = Math.floor(wallMs / 1000);
    if (at === second) return text;
    const date = new Date(wallMs);
    const day = String(date.getDate()).padStart(2);
    second = at;
    text = `${MONTHS[date.getMonth()]} ${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
    return text;
  };
}
