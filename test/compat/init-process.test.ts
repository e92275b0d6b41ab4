import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DUMB_INIT, INITS, type Init, OURS, runWith, TINI } from '../support/inits.ts';
import { missing } from '../support/requirements.ts';
import { startProgram } from '../support/run-program.ts';
import { childrenOf, isZombie } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';

/** Runs the rest of its words with an environment, words and descriptors that are out of the ordinary. */
const AROUND = [
  "export BYTES=$'\\xff\\xfe' EMPTY= UTF8=é",
  'exec 3</etc/passwd 5>five 7< <(sleep 0.1) 9<>nine 63</etc/group',
  'umask 027',
  `exec "$@" $'\\xff\\xe9' é '' 'two words'`,
].join('\n');

/** What a command can see of how it was started, as a script for sh. */
const VIEWS: Readonly<Record<string, string>> = {
  'its environment, byte by byte': `tr '\\0' '\\n' </proc/$$/environ | grep -av -e ^_= -e TEST_PROGRAM -e ^PWD= | od -c`,
  'its words, byte by byte': `tr '\\0' '\\n' </proc/$$/cmdline | od -c`,
  'its descriptors': `ls /proc/$$/fd; for fd in 3 5 9 63; do readlink /proc/$$/fd/$fd; done; cat <&7`,
  'the flags of its streams': 'for fd in 0 1 2 3 5 9; do grep flags /proc/$$/fdinfo/$fd; done',
  'the umask': 'umask',
  'the directory': 'pwd',
  'blocked and ignored signals': "exec grep -E 'Sig(Blk|Ign|Pnd)' /proc/self/status",
  'nice and priority of the out-of-memory killer': 'nice; cat /proc/$$/oom_score_adj',
};

const skipPid1 = missing('root', 'pid namespaces');

describe('the command finds', () => {
  for (const [what, script] of Object.entries(VIEWS)) {
    for (const init of INITS) {
      it(`${what}, as without ${init.name}`, { skip: init.skip }, async (t) => {
        const command = ['sh', '-c', `${script}\nexit 0`, 'sh'];
        const view = async (words: readonly string[]) => {
          const program = startProgram(t, { words: ['bash', '-c', AROUND, 'bash', ...words] });
          assert.equal(await program.exited, 0, program.stderr());
          return program.stdout().replaceAll(program.dir, 'DIR');
        };
        assert.equal(await view(runWith(init, command)), await view(command));
      });
    }
  }

  for (const init of [OURS, TINI]) {
    it(`a process group of its own, with ${init.name}`, { skip: init.skip }, async (t) => {
      const program = startProgram(t, { words: runWith(init, ['sh', '-c', 'cut -d" " -f1,5 /proc/$$/stat']) });
      await program.exited;
      assert.match(program.stdout(), /^(\d+) \1\n$/);
    });
  }
});

describe('orphans', () => {
  const script = 'for i in $(seq 300); do (sh -c : &); done; echo made; exec sleep 1000';
  for (const asPid1 of [false, true]) {
    for (const init of asPid1 ? INITS : [OURS, TINI]) {
      const skip = init.skip || (asPid1 && skipPid1);
      it(`are reaped ${asPid1 ? 'by PID 1' : 'by a subreaper'}, with ${init.name}`, { skip }, async (t) => {
        const program = startProgram(t, { words: runWith(init, ['sh', '-c', script]), asPid1 });
        await program.waitForOutput(/made/);
        const isAlone = () => childrenOf(program.pid()).length === 1 && !childrenOf(program.pid()).some(isZombie);
        await waitFor(isAlone, 'the last orphan');
        program.signal('SIGTERM');
        assert.equal(await program.exited, 143);
      });
    }
  }
});

describe('when the command ends, what it has started', () => {
  const script = 'sleep 1000 & exit 3';
  const rows: readonly (readonly [Init, readonly string[], boolean])[] = [
    [OURS, [], true],
    [TINI, [], true],
    [OURS, ['-c'], true],
    [OURS, ['-g'], false],
    [DUMB_INIT, [], false],
  ];
  for (const [init, flags, stays] of rows) {
    const how = `with ${[init.name, ...flags].join(' ')}`;
    it(`${stays ? 'goes on' : 'gets SIGTERM'} ${how}`, { skip: init.skip }, async (t) => {
      const program = startProgram(t, { words: runWith(init, ['sh', '-c', script], ...flags) });
      assert.equal(await program.ended, 3);
      if (stays) assert.equal(program.left().length, 1);
      else await waitFor(() => program.left().length === 0, 'its end');
    });
  }
});
