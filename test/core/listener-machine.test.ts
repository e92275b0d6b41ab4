import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  eventSent,
  type Listener,
  type ListenerState,
  NEW_LISTENER,
  receive,
} from '../../src/core/listener-machine.ts';

const WARNING =
  'warn l: has entered the UNKNOWN state and will no longer receive events, ' +
  'this usually indicates the process violated the eventlistener protocol';

const IN_STATE: Readonly<Record<ListenerState, Listener>> = {
  ACKNOWLEDGED: NEW_LISTENER,
  READY: { ...NEW_LISTENER, state: 'READY' },
  BUSY: eventSent({ ...NEW_LISTENER, state: 'READY' }),
  UNKNOWN: { ...NEW_LISTENER, state: 'UNKNOWN' },
};

function hear(listener: Listener, chunks: readonly (string | Buffer)[]): { next: Listener; told: string[] } {
  let next = listener;
  const told: string[] = [];
  for (const chunk of chunks) {
    const step = receive('l', next, Buffer.from(chunk));
    next = step.next;
    told.push(...step.effects.map((each) => (each.kind === 'log' ? `${each.level} ${each.text}` : each.kind)));
  }
  return { next, told };
}

const TO_READY = 'debug l: ACKNOWLEDGED -> READY';
const DONE = ['debug l: event was processed', 'debug l: BUSY -> ACKNOWLEDGED', 'processed'];
const REFUSED = ['warn l: event was rejected', 'debug l: BUSY -> ACKNOWLEDGED', 'rejected'];
const BAD = (line: string) => [`warn l: bad result line: '${line}'`, 'debug l: BUSY -> UNKNOWN', WARNING, 'rejected'];

/** From, what comes, to, what is told. */
const ROWS: readonly [ListenerState, readonly (string | Buffer)[], ListenerState, readonly string[]][] = [
  ['ACKNOWLEDGED', ['READY'], 'ACKNOWLEDGED', []],
  ['ACKNOWLEDGED', ['what?'], 'ACKNOWLEDGED', []],
  ['ACKNOWLEDGED', ['READY\n'], 'READY', [TO_READY]],
  ['ACKNOWLEDGED', ['REA', 'DY', '\n'], 'READY', [TO_READY]],
  ['ACKNOWLEDGED', ['READY!'], 'UNKNOWN', ['debug l: ACKNOWLEDGED -> UNKNOWN', WARNING]],
  ['ACKNOWLEDGED', ['READY\nREADY\n'], 'UNKNOWN', [TO_READY, 'debug l: READY -> UNKNOWN', WARNING]],
  ['READY', ['x'], 'UNKNOWN', ['debug l: READY -> UNKNOWN', WARNING]],
  ['READY', ['RESULT 2\nOK'], 'UNKNOWN', ['debug l: READY -> UNKNOWN', WARNING]],
  ['UNKNOWN', ['READY\n'], 'UNKNOWN', []],
  ['BUSY', ['RESULT 2\nOK'], 'ACKNOWLEDGED', DONE],
  ['BUSY', [...'RESULT 2\nOK'], 'ACKNOWLEDGED', DONE],
  ['BUSY', ['RESULT 2\nOKREADY\n'], 'READY', [...DONE, TO_READY]],
  ['BUSY', ['RESULT 2\nO', 'KREADY\n'], 'READY', [...DONE, TO_READY]],
  ['BUSY', ['RESULT 4\nFAIL'], 'ACKNOWLEDGED', REFUSED],
  ['BUSY', ['RESULT 3\nOK\n'], 'ACKNOWLEDGED', REFUSED],
  ['BUSY', ['RESULT 2\nok'], 'ACKNOWLEDGED', REFUSED],
  ['BUSY', [`RESULT 100000\n${'OK'.repeat(50_000)}`], 'ACKNOWLEDGED', REFUSED],
  ['BUSY', ['RESULT 0\n'], 'ACKNOWLEDGED', REFUSED],
  ['BUSY', ['RESULT 2'], 'BUSY', []],
  ['BUSY', ['RESULT 2\nO'], 'BUSY', []],
  // Nobody looks at the word, and int() takes a lot.
  ['BUSY', ['xxxxxxx2\nOK'], 'ACKNOWLEDGED', DONE],
  ['BUSY', ['RESULT  +0_2 \r\nOK'], 'ACKNOWLEDGED', DONE],
  ['BUSY', ['RESULT x\n'], 'UNKNOWN', BAD('RESULT x')],
  ['BUSY', ['RESULT -1\nOK'], 'UNKNOWN', BAD('RESULT -1')],
  ['BUSY', ['\n'], 'UNKNOWN', BAD('')],
  ['BUSY', ['RESULT\n'], 'UNKNOWN', BAD('RESULT')],
  ['BUSY', [Buffer.from('é\xff\n', 'latin1')], 'UNKNOWN', BAD("Undecodable: b'\\xe9\\xff'")],
  ['BUSY', ['x'.repeat(5000)], 'UNKNOWN', BAD('x'.repeat(4096))],
];

describe('a listener', () => {
  for (const [from, chunks, to, expected] of ROWS) {
    const shown = JSON.stringify(chunks.map(String)).slice(0, 60);
    it(`that is ${from} and says ${shown} becomes ${to}`, () => {
      const { next, told } = hear(IN_STATE[from], chunks);
      assert.equal(next.state, to);
      assert.deepEqual(told, expected);
    });
  }

  it('answers the next event as it did the first', () => {
    const first = hear(IN_STATE.BUSY, ['RESULT 4\nFAILREADY\n']);
    const second = hear(eventSent(first.next), ['RESULT 2\nOK']);
    assert.deepEqual(second.told, DONE);
  });

  it('may say anything, cut anywhere, and comes to the same state', () => {
    const words = fc.constantFrom('READY\n', 'RESULT 2\nOK', 'RESULT 4\nFAIL', 'RESULT ', '\n', 'x', '2', '\xff');
    const from = fc.constantFrom<ListenerState>('ACKNOWLEDGED', 'READY', 'BUSY', 'UNKNOWN');
    fc.assert(
      fc.property(from, fc.array(words), fc.array(fc.nat(60)), (state, said, cuts) => {
        const whole = Buffer.from(said.join(''), 'latin1');
        const edges = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge));
        assert.deepEqual(hear(IN_STATE[state], chunks).told, hear(IN_STATE[state], [whole]).told);
      }),
    );
  });

  it('never has more kept of it than a line', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 4 }), (chunks) => {
        const { next } = hear(IN_STATE.BUSY, chunks.map(Buffer.from));
        assert.ok(next.pending.length <= 4096);
      }),
    );
  });
});
