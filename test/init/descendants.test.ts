import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Families, startFamilies, startsAndRuns } from '../support/families.ts';
import { missing } from '../support/requirements.ts';
import { processesIn } from '../support/survivors.ts';

/** What a program starts, all of it sleepers 981 to 989. */
const SHAPES: readonly (readonly [what: string, start: string, numbers: readonly number[]])[] = [
  ['a child', 'sleep 981 &', [981]],
  ['a child in a session of its own', 'setsid sleep 981 &', [981]],
  ['a child in a session of its own that has no environment', 'env -i setsid sleep 981 &', [981]],
  ['a daemon that has forked twice', '(setsid sleep 981 &)', [981]],
  [
    'children of children of children',
    `setsid sh -c 'setsid sh -c "sleep 981 & setsid sleep 982; :" & sleep 983; :' &`,
    [981, 982, 983],
  ],
];

/** Ignores TERM, as all that it starts. */
const STUBBORN = `(trap '' TERM; setsid sh -c 'sleep 981 & sleep 982; :' &)`;

/** Each generation starts the next in a session of its own, and ends. */
const CHAIN = `#!/bin/sh
trap '' TERM
[ "$1" -gt 0 ] || { touch escaped; exit; }
setsid "$0" $(($1 - 1)) &
`;

const program = (name: string, ...options: readonly string[]): string =>
  [`[program:${name}]`, `command=%DIR%/${name}`, 'startsecs=0', ...options, ''].join('\n');

function assertNothingKilled({ daemon }: Families): void {
  assert.doesNotMatch(daemon.output(), /killing what|internal error/);
}

for (const asPid1 of [false, true]) {
  const skip = asPid1 && missing('root', 'pid namespaces');
  describe(`after a stop, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, () => {
    for (const stopasgroup of [false, true]) {
      for (const [what, start, numbers] of SHAPES) {
        it(`${what} is gone, ${stopasgroup ? 'with' : 'without'} stopasgroup`, async (t) => {
          const config = program('x', `stopasgroup=${stopasgroup}`) + program('y');
          const files = { x: startsAndRuns(start), y: startsAndRuns('(setsid sleep 971 &)') };
          const families = startFamilies(t, config, { files, asPid1 });
          await families.waitForSleepers(971, ...numbers);
          await families.call('supervisor.stopProcess', 'x', true);
          assert.deepEqual(families.sleepers(), ['sleep 971'], 'only what another program has started is there');
          assert.equal(await families.daemon.stop(), 0);
          assertNothingKilled(families);
          await families.waitForSleepers();
        });
      }

      it(`whoever ignores TERM is killed by name, ${stopasgroup ? 'with' : 'without'} stopasgroup`, async (t) => {
        const config = program('x', `stopasgroup=${stopasgroup}`, 'stopwaitsecs=1');
        const families = startFamilies(t, config, { files: { x: startsAndRuns(STUBBORN) }, asPid1 });
        await families.waitForSleepers(981, 982);
        await families.call('supervisor.stopProcess', 'x', true);
        assert.deepEqual(families.sleepers(), []);
        await families.daemon.waitForOutput(/killing what 'x' left behind: \d+ \(sh\), \d+ \(sleep\), \d+ \(sleep\)$/m);
        assert.equal(await families.daemon.stop(), 0);
      });
    }

    it('whoever forks while it is killed is gone as well', async (t) => {
      // The chain begins with the stop, and would go on for longer than that may take.
      const x = `#!/bin/sh\ntrap "trap '' TERM; %DIR%/chain 20000 & exit" TERM\nsleep 981 & wait\n`;
      const config = program('x', 'stopwaitsecs=1');
      const families = startFamilies(t, config, { files: { x, chain: CHAIN }, asPid1 });
      await families.waitForSleepers(981);
      await families.call('supervisor.stopProcess', 'x', true);
      await families.daemon.waitForOutput(/killing what 'x' left behind: \d+ \((chain|setsid|sh)\)/);
      const links = processesIn(families.daemon.dir).filter(({ commandLine }) => commandLine.includes('/chain'));
      assert.deepEqual(links, []);
      assert.equal(existsSync(join(families.daemon.dir, 'escaped')), false);
      assert.equal(await families.daemon.stop(), 0);
    });

    it('200 programs are down with all that they have started', async (t) => {
      const many = ['[program:many]', 'command=%DIR%/many', 'startsecs=0', 'numprocs=200'];
      const config = [...many, 'process_name=%(program_name)s_%(process_num)d', ''].join('\n');
      const files = { many: startsAndRuns('(setsid sleep 981 &)\nsetsid sleep 982 &') };
      const families = startFamilies(t, config, { files, asPid1 });
      await families.waitForSleepers(...Array(200).fill(981), ...Array(200).fill(982));
      await families.call('supervisor.stopAllProcesses', true);
      assert.deepEqual(families.sleepers(), []);
      assert.equal(await families.daemon.stop(), 0);
      assertNothingKilled(families);
    });
  });
}
