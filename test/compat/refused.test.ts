import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import { startDaemon } from '../support/daemon.ts';
import { waitFor } from '../support/wait-for.ts';
import { hasUpstream, REFUSED_GOLDEN, REWRITES_GOLDEN, readGolden, SUPERVISORD, writeGolden } from './golden.ts';
import { withoutChance } from './observe.ts';
import { INCLUDED_FILE, REFUSED } from './refused-cases.ts';

type Row = (typeof REFUSED)[number];

/** Exit status, and what follows `Error: ` on stderr. */
interface Refusal {
  readonly exit: number | string;
  readonly error: string;
}

/**
 * Ours does not list every variable of the environment to whoever reads the log, tells the limit in force where
 * upstream repeats the one that was asked for, and speaks of init mode to whoever may have meant that.
 */
const withoutFacts = (text: string): string =>
  text
    .replace(/Available names: [^\n]*?(?= in section |$)/m, 'Available names: …')
    .replace(/allow you to open \d+ file/, 'allow you to open … file')
    .replace(/\nTo run one command as an init, use .*$/, '');

async function refusalOf(t: TestContext, [, config, ...args]: Row, command?: [string]): Promise<Refusal> {
  const daemon = startDaemon(t, {
    config,
    args,
    files: { 'more.conf': INCLUDED_FILE },
    ...(command === undefined ? {} : { command }),
  });
  const isAccepted = () => daemon.output().includes('supervisord started with pid');
  await waitFor(() => daemon.child.exitCode !== null || isAccepted(), 'a refusal', 30_000, daemon.output);
  if (isAccepted()) {
    await daemon.stop();
    return { exit: 'accepted', error: '' };
  }
  const exit = await daemon.exited;
  const error = /^Error: ([\s\S]*)\nFor help, use \S+ -h\n$/m.exec(daemon.output())?.[1] ?? daemon.output();
  return { exit, error: withoutFacts(withoutChance(error, daemon.dir)) };
}

function goldenRow(title: string): unknown {
  const golden = readGolden(REFUSED_GOLDEN);
  return typeof golden === 'object' && golden !== null ? Reflect.get(golden, title) : undefined;
}

describe('what Supervisor refuses is refused in the same words', { concurrency: 4 }, () => {
  const made: Record<string, Refusal> = {};
  after(() => {
    if (REWRITES_GOLDEN) writeGolden(REFUSED_GOLDEN, Object.fromEntries(Object.entries(made).sort()));
  });
  for (const row of REFUSED) {
    const [title] = row;
    it(title, async (t) => {
      const upstream = hasUpstream() ? refusalOf(t, row, [SUPERVISORD]) : null;
      const ours = await refusalOf(t, row);
      made[title] = (await upstream) ?? ours;
      if (upstream !== null && !REWRITES_GOLDEN) assert.deepEqual(await upstream, goldenRow(title), 'the golden copy');
      assert.deepEqual(ours, REWRITES_GOLDEN ? made[title] : goldenRow(title));
    });
  }
});
