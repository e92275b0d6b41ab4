import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { OWN_FILES, startDaemon, type TestDaemon } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { childrenOf, isZombie } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';

const ORPHANS = 5000;
const MOST_ZOMBIES = 100;

/** Each orphan is a grandchild whose parent has gone. */
const BURST = `#!/bin/sh
i=0
while [ $i -lt ${ORPHANS / 50} ]; do
  (for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 \\
    26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50; do (:) & done)
  i=$((i + 1))
done
exec sleep 1000
`;

const CONFIG = `${OWN_FILES}
[program:burst]
command=%DIR%/burst
startsecs=0
[program:steady]
command=sleep 1000
`;

const zombiesOf = (daemon: TestDaemon): number => childrenOf(daemon.pid()).filter(isZombie).length;

const reapedBy = ({ dir }: TestDaemon): number =>
  readFileSync(join(dir, 'main.log'), 'utf8').split('reaped unknown pid').length - 1;

describe('orphans', () => {
  for (const asPid1 of [false, true]) {
    const skip = asPid1 && missing('root', 'pid namespaces');
    it(`are reaped as they come, 5,000 in a burst, ${asPid1 ? '' : 'not '}as PID 1`, { skip }, async (t) => {
      const daemon = startDaemon(t, { config: CONFIG, files: { burst: BURST }, asPid1 });
      await daemon.waitForOutput(/success: burst/);
      let most = 0;
      await waitFor(
        () => {
          most = Math.max(most, zombiesOf(daemon));
          return reapedBy(daemon) >= ORPHANS;
        },
        `${ORPHANS} orphans`,
        60_000,
      );
      assert.ok(most < MOST_ZOMBIES, `${most} zombies at a time`);
      assert.equal(zombiesOf(daemon), 0);
      assert.equal(childrenOf(daemon.pid()).length, 2, 'both programs are there');
      assert.equal(await daemon.stop(), 0);
      assert.match(daemon.output(), /stopped: steady \(terminated by SIGTERM\)/);
      assert.doesNotMatch(daemon.output(), /internal error|killing what/);
    });
  }
});
