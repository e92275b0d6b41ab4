import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Children } from '../../src/supervisor/children.ts';
import { FakeProcesses, marksOf, nextTurn, SELF } from '../support/fake-processes.ts';

const X = { id: 'x:x', name: 'x' };
const [TERM, KILL] = [15, 9];
const OWN_SESSION = (pid: number) => ({ processGroup: pid, session: pid, environment: marksOf('x') });

/** A program x with pid 71, and whatever `populate` adds. */
function create(populate: (processes: FakeProcesses) => void = () => undefined) {
  const processes = new FakeProcesses();
  const said: string[] = [];
  const log = (level: string, text: string) => void said.push(`${level} ${text}`);
  const children = new Children({
    ...{ native: processes, source: processes, log, inheritedEnvironment: {}, isOthers: () => false },
    clock: { monotonicMs: () => 0 },
    createTimer: () => ({ set: () => undefined }),
    policyOf: () => undefined,
  });
  processes.add(71, SELF, { processGroup: 71 });
  children.add(71, X.id);
  populate(processes);
  const signal = children.signal.bind(children);
  children.signal = (owner, order) => {
    children.prepareStop([{ id: owner.id, pid: order.pid }]);
    return signal(owner, order);
  };
  /** The program itself ends in a stop. */
  const endStopped = () => {
    processes.end(71);
    assert.equal(children.take(71), X.id);
    return children.watchDescendants(X, 71);
  };
  /** Another one ends and is reaped by us. */
  const endOrphan = async (pid: number) => {
    processes.end(pid);
    await nextTurn();
    assert.equal(children.take(pid), undefined);
    return children.takeGone();
  };
  const warnings = () => said.filter((line) => line.startsWith('warn'));
  return { processes, children, said, warnings, endStopped, endOrphan, sent: processes.sent };
}

describe('a signal to a program', () => {
  const order = { pid: 71, signal: TERM, group: false };

  it('that finds nobody is no failure: the exit is on its way', () => {
    const { processes, children, said } = create();
    processes.end(71);
    assert.deepEqual(children.signal(X, order), { kind: 'sent' });
    assert.match(said.at(-1) ?? '', /unable to signal x \(pid 71\), it probably just exited/);
  });

  it('that is refused tells the errno', () => {
    const { processes, children } = create();
    processes.untouchable.add(71);
    assert.deepEqual(children.signal(X, { ...order, group: true }), { kind: 'failed', errno: 'EPERM' });
  });

  it('reaches nobody else while the program is alive', () => {
    const { children, sent } = create((processes) => {
      processes.add(72, 71, OWN_SESSION(72));
      processes.add(73, SELF, OWN_SESSION(73));
    });
    children.signal(X, order);
    assert.deepEqual(sent, ['71 15']);
  });
});

describe('whom a program leaves in a stop', () => {
  const family = (processes: FakeProcesses) => {
    processes.add(72, 71);
    processes.add(73, 71, OWN_SESSION(73));
    processes.add(74, 73, OWN_SESSION(74));
    processes.add(75, SELF, OWN_SESSION(75));
    processes.add(99, SELF, { processGroup: 99, session: 99 });
  };

  it('is nobody when all have ended', () => {
    const { endStopped } = create();
    assert.equal(endStopped(), false);
  });

  it('are not those of others', () => {
    const { endStopped } = create((processes) => processes.add(99, SELF, { processGroup: 99, session: 99 }));
    assert.equal(endStopped(), false);
  });

  it('are told all, the process group at once, and no one else', () => {
    const { children, endStopped, sent } = create(family);
    children.signal(X, { pid: 71, signal: TERM, group: false });
    assert.equal(endStopped(), true);
    assert.deepEqual(sent, ['71 15']);
    assert.deepEqual(children.signal(X, { pid: 71, signal: TERM, group: true }), { kind: 'sent' });
    assert.deepEqual(sent.slice(1).sort(), ['-71 15', '73 15', '74 15', '75 15']);
  });

  it('are told unless they have been with the group', () => {
    const { children, endStopped, sent } = create(family);
    children.signal(X, { pid: 71, signal: TERM, group: true });
    assert.equal(endStopped(), true);
    assert.deepEqual(sent.sort(), ['-71 15', '73 15', '74 15', '75 15']);
  });

  it('may be one that cannot be told yet, for as long as that is so', async () => {
    const { processes, children, endStopped } = create((all) =>
      all.add(72, SELF, { ...OWN_SESSION(72), environment: 'changing' }),
    );
    children.signal(X, { pid: 71, signal: TERM, group: true });
    assert.equal(endStopped(), true);
    assert.equal(children.recheckAt(1000), 1005);
    assert.deepEqual(children.takeGone(), []);
    processes.add(72, SELF, { ...OWN_SESSION(72), environment: [] });
    await nextTurn();
    assert.deepEqual(children.takeGone(), ['x:x']);
    assert.equal(children.recheckAt(1000), null);
  });

  it('are told once they have lost their parent', async () => {
    const { processes, children, endStopped, endOrphan, sent } = create(family);
    children.signal(X, { pid: 71, signal: TERM, group: true });
    endStopped();
    sent.length = 0;
    // A helper that one starts in order to end well.
    processes.add(76, 75, OWN_SESSION(76));
    assert.deepEqual(await endOrphan(73), []);
    assert.deepEqual(sent, []);
    assert.deepEqual(await endOrphan(75), []);
    assert.deepEqual(sent, ['76 15']);
    for (const pid of [72, 74]) assert.deepEqual(await endOrphan(pid), []);
    assert.deepEqual(await endOrphan(76), ['x:x']);
    assert.deepEqual(await endOrphan(99), []);
  });

  it('are killed by name, newcomers too, until none is left', async () => {
    const { processes, children, endStopped, endOrphan, sent, warnings } = create(family);
    children.signal(X, { pid: 71, signal: TERM, group: false });
    await nextTurn();
    endStopped();
    children.signal(X, { pid: 71, signal: TERM, group: true });
    sent.length = 0;
    assert.deepEqual(children.sweep(X), { kind: 'sent' });
    assert.deepEqual(sent.sort(), ['-71 9', '73 9', '74 9', '75 9']);
    processes.add(76, 75, OWN_SESSION(76));
    sent.length = 0;
    for (const pid of [72, 73, 74, 75]) assert.deepEqual(await endOrphan(pid), []);
    assert.ok(sent.includes('76 9'));
    assert.deepEqual(await endOrphan(76), ['x:x']);
    assert.deepEqual(warnings(), [
      "warn killing what 'x' left behind: 72 (p72), 73 (p73), 75 (p75), 74 (p74)",
      "warn killing what 'x' left behind: 76 (p76)",
    ]);
  });

  it('are not named when the group has been killed and they are dying of it', () => {
    const { children, endStopped, warnings } = create((processes) => processes.add(72, 71));
    children.signal(X, { pid: 71, signal: KILL, group: true });
    assert.equal(endStopped(), true);
    assert.deepEqual(children.sweep(X), { kind: 'sent' });
    assert.deepEqual(warnings(), []);
  });

  it('are given up when nobody of them may be signalled', () => {
    const { processes, children, endStopped } = create((all) => all.add(72, SELF, OWN_SESSION(72)));
    processes.untouchable.add(72);
    children.signal(X, { pid: 71, signal: TERM, group: false });
    assert.equal(endStopped(), true);
    assert.deepEqual(children.sweep(X), { kind: 'failed', errno: 'EPERM' });
    assert.deepEqual(children.sweep(X), { kind: 'groupGone' });
  });

  it('are its own at its next stop when it ended by itself', async () => {
    const { processes, children, sent } = create((all) => all.add(72, 71));
    processes.end(71);
    assert.equal(children.take(71), X.id);
    children.leave(X.id);
    assert.deepEqual(children.takeGone(), []);
    assert.deepEqual(sent, []);
    await nextTurn();
    processes.add(81, SELF, { processGroup: 81 });
    children.add(81, X.id);
    children.signal(X, { pid: 81, signal: TERM, group: true });
    processes.end(81);
    await nextTurn();
    assert.equal(children.take(81), X.id);
    assert.equal(children.watchDescendants(X, 81), true);
    assert.deepEqual(sent, ['-81 15', '72 15']);
  });
});

describe('where nothing can be found out about processes', () => {
  const blind = (populate: (processes: FakeProcesses) => void) =>
    create((processes) => {
      populate(processes);
      processes.isReadable = false;
    });

  it('the process group is all that counts', async () => {
    const { children, endStopped, endOrphan, sent, warnings } = blind((processes) => processes.add(72, 71));
    children.signal(X, { pid: 71, signal: TERM, group: false });
    assert.equal(endStopped(), true);
    children.signal(X, { pid: 71, signal: TERM, group: true });
    assert.deepEqual(children.sweep(X), { kind: 'sent' });
    assert.deepEqual(sent, ['71 15', '-71 15', '-71 9']);
    assert.deepEqual(warnings(), ["warn killing what 'x' left behind: process group 71"]);
    assert.deepEqual(await endOrphan(72), ['x:x']);
  });

  it('an empty group ends the wait', () => {
    const { children, endStopped } = blind(() => undefined);
    children.signal(X, { pid: 71, signal: TERM, group: false });
    assert.equal(endStopped(), false);
  });
});
