import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Aftermath } from '../../src/supervisor/aftermath.ts';
import { Descendants } from '../../src/supervisor/descendants.ts';
import { FakeProcesses, marksOf, nextTurn, SELF } from '../support/fake-processes.ts';

const DAEMON = 72;
const STRANGER = 99;

const POLICY = { name: 'x', stopSteps: [{ signal: 3, waitMs: 5000 }] };

/** A daemon that program x has left, and an orphan that nobody owns. */
function create(policy: typeof POLICY | null = POLICY) {
  const processes = new FakeProcesses();
  const said: string[] = [];
  const descendants = new Descendants({
    source: processes,
    clock: { monotonicMs: () => 1000 },
    inheritedEnvironment: {},
    isOthers: () => false,
  });
  descendants.add(71, 'x:x');
  descendants.take(71);
  processes.add(DAEMON, SELF, { processGroup: DAEMON, session: DAEMON, environment: marksOf('x') });
  processes.add(STRANGER, SELF, { processGroup: STRANGER, session: STRANGER });
  let due = (): void => assert.fail('no timer was made');
  const armed: (number | null)[] = [];
  const aftermath = new Aftermath({
    native: processes,
    log: (level, text) => void (level === 'debug' || said.push(`${level} ${text}`)),
    descendants,
    clock: { monotonicMs: () => 1000 },
    createTimer: (onDue) => {
      due = onDue;
      return { set: (deadline) => void armed.push(deadline) };
    },
    policyOf: () => policy ?? undefined,
  });
  let isOver = false;
  const begin = (unowned: boolean) =>
    void aftermath.begin(unowned).then(() => {
      isOver = true;
    });
  const end = async (pid: number) => {
    processes.end(pid);
    descendants.take(pid);
    await nextTurn();
    aftermath.settle();
    await nextTurn();
  };
  const wait = async () => {
    await nextTurn();
    due();
    await nextTurn();
  };
  return { aftermath, processes, said, sent: processes.sent, armed, begin, end, wait, isOver: () => isOver };
}

describe('when all programs are down', () => {
  it('those that they left get the stop signal, orphans of nobody TERM, and all are waited for', async () => {
    const { sent, said, armed, begin, end, isOver } = create();
    begin(true);
    assert.deepEqual(sent, ['72 3', '99 15']);
    assert.deepEqual(armed, [6000]);
    await end(DAEMON);
    assert.equal(isOver(), false);
    await end(STRANGER);
    assert.equal(isOver(), true);
    assert.equal(armed.at(-1), null);
    assert.deepEqual(said, [
      "info waiting for what 'x' left behind to die: 72 (p72)",
      'info waiting for orphans that no program owns to die: 99 (p99)',
    ]);
  });

  it('those that take too long are killed by name, and whoever turns up then', async () => {
    const { processes, sent, said, begin, end, wait, isOver } = create();
    begin(true);
    sent.length = 0;
    said.length = 0;
    await wait();
    assert.deepEqual(sent, ['72 9', '99 9']);
    processes.add(73, DAEMON, { environment: marksOf('x') });
    await end(DAEMON);
    await end(STRANGER);
    assert.equal(isOver(), false);
    assert.equal(sent.at(-1), '73 9');
    await end(73);
    assert.equal(isOver(), true);
    assert.deepEqual(said, [
      "warn killing what 'x' left behind: 72 (p72)",
      'warn killing orphans that no program owns: 99 (p99)',
      "warn killing what 'x' left behind: 73 (p73)",
    ]);
  });

  it('those that cannot even be killed are left in the end', async () => {
    const { begin, wait, isOver } = create();
    begin(true);
    await wait();
    assert.equal(isOver(), false);
    await wait();
    assert.equal(isOver(), true);
  });

  it('there is no waiting beyond the budget, and none at all when it is used up', () => {
    const { aftermath, sent, armed, begin } = create();
    aftermath.setBudget(2000);
    begin(true);
    assert.deepEqual(armed, [2800], 'a tenth is kept for killing');
    assert.deepEqual(sent, ['72 3', '99 15']);
    for (const use of [(late: typeof aftermath) => late.setBudget(0), (late: typeof aftermath) => late.hurry()]) {
      const late = create();
      use(late.aftermath);
      late.begin(true);
      assert.deepEqual(late.sent, ['72 9', '99 9']);
    }
  });

  it('orphans of nobody stay when the daemon starts over', async () => {
    const { sent, begin, end, isOver } = create();
    begin(false);
    assert.deepEqual(sent, ['72 3']);
    await end(DAEMON);
    assert.equal(isOver(), true);
  });

  it('those of a program that is not configured any more get TERM', () => {
    const { sent, begin } = create(null);
    begin(true);
    assert.deepEqual(sent, ['72 15', '99 15']);
  });

  it('those that may not be signalled are named and not waited for', async () => {
    const { processes, said, begin, isOver } = create();
    for (const pid of [DAEMON, STRANGER]) processes.untouchable.add(pid);
    begin(true);
    await nextTurn();
    assert.equal(isOver(), true);
    assert.ok(said.includes("warn cannot kill what 'x' left behind: EPERM"));
    assert.ok(said.includes('warn cannot kill orphans that no program owns: EPERM'));
  });

  it('it is over at once when nobody is left, or nothing can be found out', async () => {
    const empty = create();
    for (const pid of [DAEMON, STRANGER]) empty.processes.end(pid);
    empty.begin(true);
    const blind = create();
    blind.processes.isReadable = false;
    blind.begin(true);
    await nextTurn();
    assert.deepEqual([empty.isOver(), blind.isOver()], [true, true]);
  });
});
