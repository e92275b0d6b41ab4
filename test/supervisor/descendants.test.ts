import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Descendants } from '../../src/supervisor/descendants.ts';
import { FakeProcesses, marksOf, nextTurn, SELF } from '../support/fake-processes.ts';

function create(inherited: Readonly<Record<string, string>> = {}) {
  let now = 0;
  const processes = new FakeProcesses();
  const descendants = new Descendants({
    ...{ source: processes, clock: { monotonicMs: () => now }, inheritedEnvironment: inherited },
    isOthers: (pid) => pid === HOOK,
  });
  const start = (pid: number, name: string) => {
    processes.add(pid, SELF, { processGroup: pid });
    descendants.add(pid, `${name}:${name}`);
  };
  const end = (pid: number) => {
    processes.end(pid);
    return descendants.take(pid);
  };
  const pidsOf = (owner: string | null) => descendants.find(owner)?.map(({ pid }) => pid);
  const wait = async (ms: number) => {
    now += ms;
    await nextTurn();
  };
  return { processes, descendants, start, end, pidsOf, wait };
}

const OWN_SESSION = (pid: number) => ({ processGroup: pid, session: pid });

const HOOK = 61;

describe('a pid', () => {
  it('has its owner told once', () => {
    const { descendants, start, end } = create();
    start(71, 'x');
    assert.equal(end(71), 'x:x');
    assert.equal(descendants.take(71), undefined);
  });
});

describe('an orphan belongs to a program', () => {
  it('by its process group, also when it is all that is left of a former life', async () => {
    const { processes, descendants, start, end, pidsOf } = create();
    start(71, 'x');
    processes.add(72, 71);
    end(71);
    descendants.look();
    await nextTurn();
    start(81, 'x');
    assert.deepEqual(pidsOf('x:x'), [72]);
  });

  it('by the process group of a program that still lives', () => {
    const { processes, start, pidsOf } = create();
    start(71, 'x');
    processes.add(72, 71);
    processes.add(73, 72);
    processes.end(72);
    assert.deepEqual(pidsOf('x:x'), [73]);
  });

  it('by its environment, when it is in a session of its own', () => {
    const { processes, start, pidsOf } = create();
    start(71, 'x');
    start(81, 'y');
    processes.add(72, SELF, { ...OWN_SESSION(72), environment: marksOf('x') });
    processes.add(73, 72, OWN_SESSION(73));
    assert.deepEqual(pidsOf('x:x'), [72, 73]);
    assert.deepEqual(pidsOf('y:y'), []);
  });

  it('by having been in its tree when it was to stop, whatever its environment says', () => {
    const { processes, descendants, start, end, pidsOf } = create();
    start(71, 'x');
    start(81, 'y');
    processes.add(72, 71, { ...OWN_SESSION(72), environment: marksOf('y') });
    processes.add(73, 72, { ...OWN_SESSION(73), environment: null });
    descendants.remember(new Map([[71, 'x:x']]));
    end(71);
    assert.deepEqual(pidsOf('x:x'), [72, 73]);
  });

  it('by having been in its tree when it was to stop together with many others', () => {
    const { processes, descendants, start, end, pidsOf } = create();
    const programs = new Map(Array.from({ length: 100 }, (_, each) => [200 + each, `p${each}:p${each}`]));
    for (const [pid, id] of programs) start(pid, id.split(':')[0] ?? '');
    processes.add(72, 250, { ...OWN_SESSION(72), environment: null });
    processes.add(73, 72, { ...OWN_SESSION(73), environment: null });
    processes.readFamily = () => assert.fail('looked for the children of each');
    descendants.remember(programs);
    Reflect.deleteProperty(processes, 'readFamily');
    end(250);
    assert.deepEqual(pidsOf('p50:p50'), [72, 73]);
  });

  it('by the session of one that is known, and has ended meanwhile', async () => {
    const { processes, descendants, start, end, pidsOf } = create();
    start(71, 'x');
    processes.add(72, 71, OWN_SESSION(72));
    processes.add(73, 72, { processGroup: 73, environment: null });
    descendants.remember(new Map([[71, 'x:x']]));
    end(71);
    descendants.look();
    descendants.forgetTree('x:x');
    assert.deepEqual(pidsOf('x:x'), [72, 73]);
    await nextTurn();
    end(72);
    assert.deepEqual(pidsOf('x:x'), [73]);
  });
});

describe('an orphan belongs to nobody', () => {
  it('when nothing tells, or its environment names a program that never was', () => {
    const { processes, start, pidsOf } = create();
    start(71, 'x');
    processes.add(72, SELF, OWN_SESSION(72));
    processes.add(73, SELF, { ...OWN_SESSION(73), environment: marksOf('other') });
    processes.add(74, SELF, { ...OWN_SESSION(74), environment: null });
    assert.deepEqual(pidsOf(null), [72, 73, 74]);
    assert.deepEqual(pidsOf('x:x'), []);
  });

  it("not even to nobody when it is a hook's command", () => {
    const { processes, descendants } = create();
    processes.add(HOOK, SELF, { ...OWN_SESSION(HOOK), environment: marksOf('x') });
    descendants.look();
    assert.deepEqual([...descendants.owners()], []);
  });

  it('when the mark is one that we were started with ourselves', () => {
    const { processes, start, pidsOf } = create({ SUPERVISOR_PROCESS_NAME: 'x', SUPERVISOR_GROUP_NAME: 'x' });
    start(71, 'x');
    processes.add(72, SELF, { ...OWN_SESSION(72), environment: marksOf('x') });
    assert.deepEqual(pidsOf('x:x'), []);
  });

  it('when it has the pid of one that was in the tree and has ended', () => {
    const { processes, descendants, start, end, pidsOf } = create();
    start(71, 'x');
    processes.add(72, 71, OWN_SESSION(72));
    descendants.remember(new Map([[71, 'x:x']]));
    processes.end(72);
    processes.add(72, SELF, OWN_SESSION(72));
    end(71);
    assert.deepEqual(pidsOf('x:x'), []);
  });

  it('when its process group has the number of one whose members are all gone', async () => {
    const { processes, descendants, start, end, pidsOf } = create();
    start(71, 'x');
    end(71);
    descendants.look();
    await nextTurn();
    processes.add(71, SELF, OWN_SESSION(71));
    assert.deepEqual(pidsOf('x:x'), []);
  });
});

describe('a look', () => {
  it('finds whoever an orphan leaves that is a zombie by then', () => {
    const { processes, start, pidsOf } = create();
    start(71, 'x');
    processes.add(72, SELF, { ...OWN_SESSION(72), environment: marksOf('x') });
    processes.add(73, 72, { environment: marksOf('x') });
    const { readStat } = processes;
    processes.readStat = (pid) => {
      if (pid === 72 && readStat.call(processes, 72)?.isZombie === false) processes.die(72);
      return readStat.call(processes, pid);
    };
    assert.deepEqual(pidsOf('x:x'), [73]);
  });

  it("counts an orphan that has no environment for now as anybody's, for a second at most", async () => {
    const { processes, descendants, start, pidsOf, wait } = create();
    start(71, 'x');
    processes.add(72, SELF, { ...OWN_SESSION(72), environment: 'changing' });
    processes.add(73, SELF, { ...OWN_SESSION(73), environment: 'changing' });
    descendants.look();
    assert.equal(descendants.isUnsure, true);
    assert.equal(descendants.hasOrphans('x:x'), true);
    processes.add(72, SELF, { ...OWN_SESSION(72), environment: marksOf('x') });
    await wait(999);
    assert.deepEqual(pidsOf('x:x'), [72]);
    assert.equal(descendants.isUnsure, true);
    await wait(1);
    assert.deepEqual(pidsOf(null), [73]);
    assert.equal(descendants.isUnsure, false);
  });

  it('is taken once a turn, however many ask', async () => {
    const { processes, descendants, start } = create();
    start(71, 'x');
    for (let each = 0; each < 100; each++) descendants.look();
    assert.equal(processes.reads, 1);
    await nextTurn();
    descendants.look();
    assert.equal(processes.reads, 2);
  });

  it('does not look into any process while there is no orphan', () => {
    const { processes, descendants, start } = create();
    start(71, 'x');
    processes.add(72, 71);
    processes.readStat = () => assert.fail('read a process');
    processes.readEnvironment = () => assert.fail('read an environment');
    assert.equal(descendants.look(), true);
    assert.equal(descendants.hasOrphans('x:x'), false);
  });

  it('says so when nothing can be found out', () => {
    const { processes, descendants, start } = create();
    start(71, 'x');
    processes.isReadable = false;
    assert.equal(descendants.look(), false);
    assert.equal(descendants.find('x:x'), null);
  });

  it('ends while others fork all the time', () => {
    const { processes, start, pidsOf } = create();
    start(71, 'x');
    let pid = 100;
    processes.add(pid, SELF, { environment: marksOf('x') });
    const { readStat } = processes;
    processes.readStat = (asked) => {
      processes.add(pid + 1, SELF, { environment: marksOf('x') });
      if (asked === pid) pid++;
      return readStat.call(processes, asked);
    };
    assert.ok((pidsOf('x:x') ?? []).length > 0);
  });
});
