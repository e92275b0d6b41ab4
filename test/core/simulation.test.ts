import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MemberSpec } from '../../src/core/member.ts';
import { exitedWith, killedBy } from '../../src/model/exit-status.ts';
import { STOPPED_STATES } from '../../src/model/states.ts';
import { SimulatedWorld } from '../support/simulated-world.ts';

const RUNS = Number(process.env.SIMULATIONS ?? 20_000);
const SEED = Number(process.env.SIMULATION_SEED ?? Date.now() % 2 ** 31);
const A_LONG_TIME_MS = 3_600_000;

type Command = { readonly kind: string; readonly member: number; readonly ms: number; readonly code: number };

const policyArbitrary = fc.record({
  startMs: fc.constantFrom(0, 1000, 5000),
  startRetries: fc.integer({ min: 0, max: 3 }),
  autorestart: fc.constantFrom('true', 'false', 'unexpected'),
  exitCodes: fc.constantFrom([0], [0, 2], []),
  stopSignal: fc.constant(15),
  stopWaitMs: fc.constantFrom(0, 1000, 10_000),
  stopAsGroup: fc.boolean(),
  killAsGroup: fc.boolean(),
} as const);

const memberArbitrary = fc.record({
  policy: policyArbitrary,
  groupPriority: fc.constantFrom(-1, 1, 999),
  autostart: fc.boolean(),
  main: fc.boolean(),
  exitOnFatal: fc.boolean(),
});

const temperArbitrary = fc.record({
  stopsAfterMs: fc.constantFrom(0, 50, 3000, 60_000, null),
  diesAfterMs: fc.constantFrom(0, 5),
  childStopsAfterMs: fc.constantFrom(undefined, undefined, 0, 200, null),
});

const commandArbitrary: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom(
    'advance',
    'advance',
    'advance',
    'end',
    'end',
    'kill',
    'start',
    'stop',
    'replace',
    'remove',
    'failSpawn',
    'failKill',
    'shutdown',
    'killAll',
  ),
  member: fc.nat(4),
  ms: fc.constantFrom(0, 1, 300, 1000, 1001, 5000, 20_000),
  code: fc.constantFrom(0, 1, 2),
});

const scenario = fc.record({
  members: fc.array(memberArbitrary, { minLength: 1, maxLength: 5 }),
  tempers: fc.array(temperArbitrary, { minLength: 1, maxLength: 5 }),
  budgetMs: fc.constantFrom(null, 0, 500, 8000),
  commands: fc.array(commandArbitrary, { maxLength: 40 }),
});

function specsOf(members: readonly (typeof memberArbitrary extends fc.Arbitrary<infer M> ? M : never)[]): MemberSpec[] {
  return members.map((member, index) => {
    const name = `p${index}`;
    // One main program in four: a fleet that ends with it at once shows little else.
    const main = member.main && index % 4 === 3;
    return { ...member, main, id: name, group: name, name, priority: 999, policy: { ...member.policy, name } };
  });
}

function carryOut(world: SimulatedWorld, specs: readonly MemberSpec[], command: Command): void {
  const spec = specs[command.member % specs.length];
  if (spec === undefined) return;
  const act: Record<string, () => void> = {
    advance: () => world.advance(command.ms),
    end: () => world.end(spec.id, exitedWith(command.code)),
    kill: () => world.end(spec.id, killedBy(11)),
    start: () => world.start(spec.id),
    stop: () => world.stop(spec.id),
    replace: () => world.retire(spec.id, { ...spec, autostart: !spec.autostart }),
    remove: () => world.retire(spec.id, null),
    failSpawn: () => world.failNextSpawn(spec.id),
    failKill: () => world.failNextKill(spec.id),
    shutdown: () => world.shutdown(),
    killAll: () => world.killAll(),
  };
  act[command.kind]?.();
}

/** When nothing is on its way, nothing wakes the daemon up. */
function checkIdle(world: SimulatedWorld): void {
  const settled = [...world.fleet.members.values()].every(
    ({ process, retirement }) =>
      retirement === null &&
      (process.state === 'RUNNING' || (STOPPED_STATES.has(process.state) && process.deadline === null)),
  );
  if (settled && !world.fleet.isShuttingDown)
    assert.equal(world.fleet.nextDeadline(), null, 'an idle fleet has no deadline');
}

describe('the simulated fleet', () => {
  it(`keeps its invariants over ${RUNS} random histories (seed ${SEED})`, () => {
    fc.assert(
      fc.property(scenario, ({ members, tempers, budgetMs, commands }) => {
        const specs = specsOf(members);
        const world = new SimulatedWorld(specs, tempers, budgetMs);
        world.autostart();
        for (const command of commands) {
          if (world.finishedAt !== null) break;
          carryOut(world, specs, command);
          checkIdle(world);
        }
        world.shutdown();
        const shutdownAt = world.shutdownAt ?? 0;
        world.advance(A_LONG_TIME_MS);
        assert.ok(world.finishedAt !== null, 'a shutdown ends');
        if (budgetMs !== null) assert.ok(world.finishedAt - shutdownAt <= budgetMs, 'a shutdown keeps its budget');
        const unknown = [...world.fleet.members.values()].filter(({ process }) => process.state === 'UNKNOWN');
        if (budgetMs === null && unknown.length === 0) assert.equal(world.live.size, 0, 'every process was reaped');
      }),
      { numRuns: RUNS, seed: SEED, includeErrorInReport: true },
    );
    console.log(`simulated ${RUNS} histories with seed ${SEED}`);
  });
});
