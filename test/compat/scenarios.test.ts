import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { missing } from '../support/requirements.ts';
import {
  goldenFile,
  goldenFiles,
  hasUpstream,
  REFUSED_GOLDEN,
  REWRITES_GOLDEN,
  readGolden,
  writeGolden,
} from './golden.ts';
import { runScenario } from './run-scenario.ts';
import type { Observation, Scenario } from './scenario.ts';
import { ENVIRONMENT_SCENARIOS } from './scenarios/environment.ts';
import { EXIT_SCENARIOS } from './scenarios/exits.ts';
import { GROUP_SCENARIOS } from './scenarios/groups.ts';
import { LOG_SCENARIOS } from './scenarios/logs.ts';
import { SPAWN_SCENARIOS } from './scenarios/spawning.ts';
import { START_SCENARIOS } from './scenarios/starting.ts';
import { STOP_SCENARIOS } from './scenarios/stopping.ts';

/** Rows at a time, two daemons each. */
const CONCURRENCY = 4;

const TABLES: Readonly<Record<string, readonly Scenario[]>> = {
  starting: START_SCENARIOS,
  exits: EXIT_SCENARIOS,
  stopping: STOP_SCENARIOS,
  groups: GROUP_SCENARIOS,
  spawning: SPAWN_SCENARIOS,
  environment: ENVIRONMENT_SCENARIOS,
  logs: LOG_SCENARIOS,
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function upstreamOf(t: TestContext, scenario: Scenario): Promise<unknown> {
  if (!hasUpstream()) return readGolden(scenario.name);
  const observed = await runScenario(t, scenario, 'upstream');
  if (REWRITES_GOLDEN) writeGolden(scenario.name, observed);
  assert.deepEqual(plain(observed), readGolden(scenario.name), `upstream's ${JSON.stringify(scenario.name)}`);
  return readGolden(scenario.name);
}

/** Upstream's observation with the differences that are on purpose. */
function expectedOf({ differs }: Scenario, upstream: unknown): unknown {
  if (differs === undefined) return upstream;
  const ours: Partial<Observation> = differs.ours;
  const expected = { ...(upstream as object), ...ours };
  assert.notDeepEqual(expected, upstream, `this is no difference any more: ${differs.why}`);
  return expected;
}

// While they are made anew they are not all there.
const skip = REWRITES_GOLDEN && 'the golden copies are being made';

it('every golden copy belongs to one row, and every row has one', { skip }, () => {
  const names = Object.values(TABLES).flatMap((scenarios) => scenarios.map(({ name }) => name));
  assert.deepEqual(goldenFiles().sort(), [...names, REFUSED_GOLDEN].map(goldenFile).sort());
});

describe('what happens is what happens in Supervisor', { concurrency: CONCURRENCY }, () => {
  for (const [table, scenarios] of Object.entries(TABLES)) {
    for (const scenario of scenarios) {
      const skip = missing(...(scenario.needs ?? []));
      it(`${table}: ${scenario.name}`, { skip }, async (t) => {
        const [ours, upstream] = await Promise.all([runScenario(t, scenario, 'ours'), upstreamOf(t, scenario)]);
        try {
          assert.deepEqual(plain(ours), plain(expectedOf(scenario, upstream)));
        } catch (error) {
          if (error instanceof Error) error.message = `${error.message}\n${inspect(scenario, { depth: 4 })}`;
          throw error;
        }
      });
    }
  }
});
