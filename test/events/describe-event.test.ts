import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeEvent, readFields } from '../../src/events/describe-event.ts';
import { EventRecords } from '../../src/events/event-records.ts';
import type { EventName } from '../../src/model/event-types.ts';

const PROCESS = { process: 'web_0', group: 'web' };

const ROWS: readonly (readonly [name: EventName, payload: string, fields: object])[] = [
  [
    'PROCESS_STATE_STARTING',
    'processname:web_0 groupname:web from_state:STOPPED tries:2',
    { ...PROCESS, from_state: 'STOPPED', state: 'STARTING', tries: 2 },
  ],
  [
    'PROCESS_STATE_EXITED',
    'processname:web_0 groupname:web from_state:RUNNING expected:0 pid:12',
    { ...PROCESS, from_state: 'RUNNING', state: 'EXITED', expected: false, pid: 12 },
  ],
  [
    'PROCESS_LOG_STDOUT',
    'processname:web_0 groupname:web pid:12 channel:stdout\nline: 1\nline 2',
    { ...PROCESS, pid: 12, channel: 'stdout', data: 'line: 1\nline 2' },
  ],
  ['PROCESS_COMMUNICATION_STDERR', 'processname:web_0 groupname:web pid:12\n', { ...PROCESS, pid: 12, data: '' }],
  ['REMOTE_COMMUNICATION', 'type:my pid:3 type\npid:4', { type: 'my pid:3 type', data: 'pid:4' }],
  ['TICK_5', 'when:1700000000', { when: 1_700_000_000 }],
  ['PROCESS_GROUP_ADDED', 'groupname:web\n', { group: 'web' }],
  ['SUPERVISOR_STATE_CHANGE_STOPPING', '', {}],
];

describe('the fields of an event', () => {
  for (const [name, payload, fields] of ROWS) {
    it(`are those of ${name}`, () => assert.deepEqual(readFields(name, payload), fields));
  }
});

it('an event has one serial and one time, whoever asks', () => {
  let now = 1000;
  const records = new EventRecords(() => now++);
  const [first, second] = [
    { name: 'TICK_5', payload: 'when:1' } as const,
    { name: 'TICK_60', payload: 'x'.repeat(20_000) } as const,
  ];
  const record = records.of(first);
  assert.equal(records.of(first), record);
  const { serial, timeMs, payload } = records.of(second);
  assert.deepEqual([serial, timeMs, payload.length], [1, 1001, 16_384]);
  const origin = { identifier: () => 'me', host: 'box', renderTime: String };
  const described = { event: 'TICK_5', serial: 0, time: '1000', identifier: 'me', host: 'box', when: 1 };
  assert.deepEqual(describeEvent(record, origin), described);
});
