import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Delivery } from '../../src/init/command-line.ts';
import { CATCHABLE_SIGNALS, planForwarding } from '../../src/init/forwarding.ts';

interface Row {
  readonly what: string;
  readonly delivery: Delivery;
  /** Signal, times from processes, times from the kernel. */
  readonly came: readonly [number, number, number];
  readonly rewrites?: readonly (readonly [number, number])[];
  /** `15`, `group 15`, `stop 20`. */
  readonly orders: readonly string[];
}

const ROWS: readonly Row[] = [
  { what: 'a signal goes to the command', delivery: 'child', came: [15, 1, 0], orders: ['15'] },
  { what: 'or to its group', delivery: 'group', came: [15, 1, 0], orders: ['group 15'] },
  { what: 'or to the command in our group', delivery: 'shared', came: [15, 1, 0], orders: ['15'] },
  { what: 'as often as it came', delivery: 'child', came: [40, 3, 0], orders: ['40', '40', '40'] },
  { what: 'rewritten', delivery: 'child', came: [15, 1, 0], rewrites: [[15, 3]], orders: ['3'] },
  {
    what: 'rewritten once only',
    delivery: 'group',
    came: [15, 1, 0],
    rewrites: [
      [15, 3],
      [3, 2],
    ],
    orders: ['group 3'],
  },
  { what: 'dropped', delivery: 'child', came: [1, 2, 0], rewrites: [[1, 0]], orders: [] },
  { what: 'SIGCHLD is about our own children', delivery: 'group', came: [17, 5, 0], orders: [] },
  { what: 'Ctrl-C is for all', delivery: 'child', came: [2, 0, 1], orders: ['group 2'] },
  { what: 'Ctrl-C is rewritten, too', delivery: 'child', came: [2, 0, 1], rewrites: [[2, 15]], orders: ['group 15'] },
  { what: 'Ctrl-C has reached a command in our group', delivery: 'shared', came: [2, 0, 1], orders: [] },
  { what: 'but not what a process sent besides', delivery: 'shared', came: [2, 1, 1], orders: ['2'] },
  { what: 'a new window size, too', delivery: 'shared', came: [28, 0, 1], orders: [] },
  { what: 'Ctrl-Z stops us with a command in our group', delivery: 'shared', came: [20, 0, 1], orders: ['stop 20'] },
  { what: 'Ctrl-Z from elsewhere is handed on', delivery: 'shared', came: [20, 1, 0], orders: ['20'] },
  { what: 'a hang-up comes to us alone', delivery: 'shared', came: [1, 0, 1], orders: ['1'] },
  { what: 'and goes where signals go', delivery: 'child', came: [1, 0, 1], orders: ['1'] },
];

describe('forwarding', () => {
  for (const { what, delivery, came, rewrites = [], orders } of ROWS) {
    it(`${what}: ${came} with ${delivery}`, () => {
      const [signal, fromProcesses, fromKernel] = came;
      const plan = planForwarding({ signal, fromProcesses, fromKernel }, { delivery, rewrites: new Map(rewrites) });
      const told = plan.map((order) =>
        order.kind === 'stop' ? `stop ${order.signal}` : `${order.toGroup ? 'group ' : ''}${order.signal}`,
      );
      assert.deepEqual(told, orders);
    });
  }

  it('is about every signal but the two that nobody can catch', () => {
    assert.equal(CATCHABLE_SIGNALS.length, 62);
    assert.ok(!CATCHABLE_SIGNALS.includes(9) && !CATCHABLE_SIGNALS.includes(19));
  });
});
