import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderAsctime, renderShortTime } from '../../src/os/local-time.ts';

const ROWS: readonly [year: number, month: number, day: number, hour: number, minute: number, text: string][] = [
  [2026, 10, 21, 1, 20, 'Nov 21 01:20 AM'],
  [2026, 0, 1, 0, 0, 'Jan 01 12:00 AM'],
  [2026, 11, 31, 12, 5, 'Dec 31 12:05 PM'],
  [2026, 4, 9, 23, 59, 'May 09 11:59 PM'],
];

for (const [year, month, day, hour, minute, text] of ROWS) {
  test(`a local time is short: ${text}`, () => {
    assert.equal(renderShortTime(new Date(year, month, day, hour, minute).getTime()), text);
  });
}

for (const [year, month, day, text] of [
  [2026, 10, 21, 'Sat Nov 21 01:20:30 2026'],
  [2026, 2, 1, 'Sun Mar  1 01:20:30 2026'],
] as const) {
  test(`a local time reads as in C: ${text}, and its zone`, () => {
    const [, time, zone] = /^(.{24}) (\S+)$/.exec(renderAsctime(new Date(year, month, day, 1, 20, 30).getTime())) ?? [];
    assert.equal(time, text);
    assert.match(zone ?? '', /^(UTC|GMT|[A-Z]{3,5}|GMT[+-]\d+(:\d+)?)$/);
  });
}
