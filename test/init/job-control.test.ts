import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JobControl } from '../../src/init/job-control.ts';

const US = 100;
const COMMAND = 101;
const SHELL = 50;
const NAMES: Readonly<Record<number, string>> = { [US]: 'us', [COMMAND]: 'the command', [SHELL]: 'the shell' };

interface World {
  /** Process group and session of this process. */
  readonly groups?: readonly [number, number];
  /** Who has the terminal; null where there is none. */
  readonly foreground?: number | null;
  readonly shares?: boolean;
  /** Who has the terminal when we go on after a stop; null where nothing can stop us. */
  readonly resumedWith?: number | null;
}

/** A job control whose calls are told as words. */
function create({ groups = [US, SHELL], foreground = US, shares = false, resumedWith = US }: World) {
  const calls: string[] = [];
  let owner = foreground;
  const native = {
    openTerminal: () => (foreground === null ? -1 : 0),
    ownGroups: (): [number, number] => [...groups],
    foregroundGroup: () => owner ?? -1,
    setForegroundGroup(_: number, group: number) {
      owner = group;
      calls.push(`terminal to ${NAMES[group]}`);
      return '';
    },
    kill(pid: number, signal: number) {
      calls.push(`${signal} to ${pid}`);
      return '';
    },
    stopSelf(signal: number, group: boolean) {
      calls.push(`stop ${group ? 'group ' : ''}by ${signal}`);
      if (resumedWith === null) return false;
      owner = resumedWith;
      return true;
    },
  };
  const jobs = new JobControl({ native, pid: US, sharesGroup: () => shares });
  const forStart = jobs.terminalForStart;
  if (forStart !== -1) owner = COMMAND;
  jobs.start(COMMAND);
  return { jobs, calls, forStart, give: (group: number) => (owner = group) };
}

describe('the terminal at the start', () => {
  const rows: readonly (readonly [string, World, number])[] = [
    ['goes to the command of a job in the foreground', {}, 0],
    ['goes to the command of a session leader, as in a container', { groups: [US, US], shares: true }, 0],
    ['stays where others of a pipeline need it', { shares: true }, -1],
    ['stays with the script that runs us', { groups: [SHELL, SHELL], foreground: SHELL }, -1],
    ['stays with who is outside of our PID namespace', { groups: [0, 0], foreground: 0 }, -1],
    ['stays with the shell when we are in the background', { foreground: SHELL }, -1],
    ['is none where there is none', { foreground: null }, -1],
  ];
  for (const [what, world, expected] of rows) it(what, () => assert.equal(create(world).forStart, expected));
});

describe('a command that was stopped', () => {
  it('by Ctrl-Z gives the shell its prompt, and goes on with fg', () => {
    const { jobs, calls } = create({});
    jobs.handleStop(20, false);
    assert.deepEqual(calls.splice(0), ['terminal to us', 'stop group by 20']);
    assert.equal(jobs.handleContinue(), true);
    assert.deepEqual(calls.splice(0), ['terminal to the command', '18 to -101']);
    assert.equal(jobs.handleContinue(), false, 'the next one is nobody’s but the command’s');
    assert.deepEqual(calls, []);
  });

  it('goes on without the terminal with bg, and gets it when it asks in the foreground', () => {
    const { jobs, calls, give } = create({ resumedWith: SHELL });
    jobs.handleStop(20, false);
    calls.length = 0;
    jobs.handleContinue();
    assert.deepEqual(calls.splice(0), ['18 to -101']);
    jobs.handleStop(21, false);
    assert.deepEqual(calls.splice(0), ['stop group by 21']);
    give(US);
    assert.equal(jobs.handleContinue(), true);
    assert.deepEqual(calls, ['terminal to the command', '18 to -101']);
  });

  it('by Ctrl-Z where no shell is goes on at once', () => {
    const { jobs, calls } = create({ groups: [US, US], resumedWith: null });
    jobs.handleStop(20, false);
    assert.deepEqual(calls, ['terminal to us', 'stop group by 20', 'terminal to the command', '18 to -101']);
  });

  it('on purpose where no shell is stays so', () => {
    const { jobs, calls } = create({ groups: [US, US], resumedWith: null });
    jobs.handleStop(19, false);
    assert.deepEqual(calls.splice(0), ['terminal to us', 'stop group by 20', 'terminal to the command']);
    assert.equal(jobs.handleContinue(), true);
    assert.deepEqual(calls, ['18 to -101']);
  });

  it('as it asked for a terminal that is ours gets it, once and for all', () => {
    const { jobs, calls, give } = create({ shares: true });
    jobs.handleStop(22, false);
    assert.deepEqual(calls.splice(0), ['terminal to the command', '18 to -101']);
    give(US);
    jobs.handleContinue();
    assert.deepEqual(calls, ['terminal to the command']);
  });

  it('in the background, for the terminal, stays stopped where nobody brings it to the foreground', () => {
    const { jobs, calls } = create({ foreground: SHELL, resumedWith: null });
    jobs.handleStop(21, false);
    assert.deepEqual(calls, ['stop group by 21']);
  });

  it('by a signal that we handed on stops us alone', () => {
    const { jobs, calls } = create({ foreground: null });
    jobs.handleStop(20, true);
    assert.deepEqual(calls.splice(0), ['stop by 20']);
    assert.equal(jobs.handleContinue(), true);
    assert.deepEqual(calls, ['18 to -101']);
  });

  it('by somebody else, without a terminal, is nobody’s business', () => {
    const { jobs, calls } = create({ foreground: null });
    jobs.handleStop(19, false);
    assert.deepEqual(calls, []);
  });
});

describe('the end of the command', () => {
  it('gives the terminal back', () => {
    const { jobs, calls } = create({});
    jobs.handleEnd();
    assert.deepEqual(calls, ['terminal to us']);
  });

  it('leaves a terminal alone that the command does not have', () => {
    const { jobs, calls } = create({ foreground: SHELL });
    jobs.handleEnd();
    assert.deepEqual(calls, []);
  });
});
