import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MemberSpec } from '../../src/core/member.ts';
import { CONDITIONS } from '../../src/model/dependency.ts';
import { exitedWith, killedBy } from '../../src/model/exit-status.ts';
import { UNCHECKED } from '../support/member-specs.ts';
import { SimulatedWorld } from '../support/simulated-world.ts';

const RUNS = Number(process.env.SIMULATIONS ?? 20_000);
const SEED = Number(process.env.SIMULATION_SEED ?? Date.now() % 2 ** 31);
const A_LONG_TIME_MS = 3_600_000;

const rarely = () => fc.constantFrom(false, false, false, true);

type Command = { readonly kind: string; readonly member: number; readonly ms: number; readonly code: number };

const policyArbitrary = fc.record({
  startMs: fc.constantFrom(0, 1000, 5000),
  startRetries: fc.integer({ min: -1, max: 3 }),
  autorestart: fc.constantFrom('true', 'false', 'unexpected'),
  exitCodes: fc.constantFrom([0], [0, 2], []),
  stopSteps: fc.constantFrom(
    [{ signal: 15, waitMs: 0 }],
    [{ signal: 15, waitMs: 1000 }],
    [{ signal: 15, waitMs: 10_000 }],
    [
      { signal: 15, waitMs: 3000 },
      { signal: 2, waitMs: 1000 },
    ],
  ),
  stopAsGroup: fc.boolean(),
  killAsGroup: fc.boolean(),
  oneshot: rarely(),
  backoff: fc.constantFrom('linear', 'exponential'),
  backoffMaxMs: fc.constantFrom(null, 4000),
  restartLimit: fc.constantFrom(null, null, { count: 2, windowMs: 60_000 }),
  hasPreStart: rarely(),
  hasPostStop: rarely(),
} as const);

const checksArbitrary = fc.record({
  readyBy: fc.constantFrom('running', 'running', 'told', 'asked', 'health'),
  readyTimeoutMs: fc.constantFrom(null, 2000, 60_000),
  health: fc.constantFrom(null, null, { intervalMs: 1000, retries: 2, startPeriodMs: 500 }),
} as const);

const memberArbitrary = fc.record({
  policy: policyArbitrary,
  groupPriority: fc.constantFrom(-1, 1, 999),
  autostart: fc.boolean(),
  main: fc.boolean(),
  exitOnFatal: rarely(),
  /** Of the members before it: it depends on those at these distances. */
  needs: fc.array(
    fc.record({
      distance: fc.integer({ min: 1, max: 3 }),
      condition: fc.constantFrom(...CONDITIONS),
      restarts: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  checks: checksArbitrary,
  healthAction: fc.constantFrom('restart', 'restart', 'none', 'shutdown'),
  overlap: fc.constantFrom('skip', 'queue', 'kill'),
} as const);

const temperArbitrary = fc.record({
  stopsAfterMs: fc.constantFrom(0, 50, 3000, 60_000, null),
  diesAfterMs: fc.constantFrom(0, 5),
  childStopsAfterMs: fc.constantFrom(undefined, undefined, 0, 200, null),
  hookMs: fc.constantFrom(0, 100, 5000, null),
  hookCode: fc.constantFrom(0, 0, 1),
  answersAfterMs: fc.constantFrom(0, 10, 1500),
});

const commandArbitrary: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('advance') },
    { weight: 3, arbitrary: fc.constantFrom('end', 'tell', 'start') },
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        ...['kill', 'stop', 'replace', 'remove', 'update', 'failSpawn', 'failKill', 'schedule'],
      ),
    },
    { weight: 2, arbitrary: fc.constantFrom('sicken', 'heal', 'restart', 'shutdown', 'killAll') },
  ),
  member: fc.nat(4),
  ms: fc.constantFrom(0, 1, 300, 1000, 1001, 5000, 20_000),
  code: fc.constantFrom(0, 1, 2),
});

const scenario = fc.record({
  members: fc.array(memberArbitrary, { minLength: 1, maxLength: 5 }),
  tempers: fc.array(temperArbitrary, { minLength: 1, maxLength: 5 }),
  budgetMs: fc.constantFrom(null, 0, 500, 8000),
  drainMs: fc.constantFrom(0, 0, 2000),
  commands: fc.array(commandArbitrary, { maxLength: 40 }),
});

function specsOf(members: readonly (typeof memberArbitrary extends fc.Arbitrary<infer M> ? M : never)[]): MemberSpec[] {
  return members.map(({ needs, ...member }, index) => {
    const name = `p${index}`;
    // One main program in four: a fleet that ends with it at once shows little else.
    const main = member.main && index % 4 === 3;
    const known = needs.filter(({ distance }) => distance <= index);
    const idOf = ({ distance }: { readonly distance: number }) => `p${index - distance}`;
    return {
      ...{ ...member, main, id: name, group: name, name, priority: 999 },
      policy: { ...member.policy, name, startMs: member.policy.oneshot ? 0 : member.policy.startMs },
      // Without an end to them nothing would ever be told about what they wait for.
      checks: member.checks.readyBy === 'health' && member.checks.health === null ? UNCHECKED : member.checks,
      dependsOn: known.map((need) => ({ id: idOf(need), condition: need.condition })),
      restartWith: [...new Set(known.filter(({ restarts }) => restarts).map(idOf))],
    };
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
    update: () => world.update({ ...spec, dependsOn: spec.dependsOn.slice(command.code) }),
    failSpawn: () => world.failNextSpawn(spec.id),
    failKill: () => world.failNextKill(spec.id),
    schedule: () => world.scheduled(spec.id),
    restart: () => world.restart(spec.id),
    tell: () => world.tell(spec.id),
    sicken: () => void world.sick.add(spec.id),
    heal: () => void world.sick.delete(spec.id),
    shutdown: () => world.shutdown(),
    killAll: () => world.killAll(),
  };
  act[command.kind]?.();
}

/** When nothing is on its way and nobody is to be asked, nothing wakes the daemon up. */
function checkIdle(world: SimulatedWorld): void {
  const isQuiet = [...world.fleet.members.values()].every(
    ({ checks, spec }) => !checks.on || (checks.ready && spec.checks.health === null) || checks.asking !== null,
  );
  const tellsItself = [...world.fleet.members.values()].some(
    ({ checks, spec }) => checks.on && !checks.ready && spec.checks.readyBy !== 'running',
  );
  if (world.isSettled && isQuiet && !tellsItself && !world.fleet.isShuttingDown)
    assert.equal(world.fleet.nextDeadline(), null, 'an idle fleet has no deadline');
}

describe('the simulated fleet', () => {
  it(`keeps its invariants over ${RUNS} random histories (seed ${SEED})`, () => {
    fc.assert(
      fc.property(scenario, ({ members, tempers, budgetMs, drainMs, commands }) => {
        const specs = specsOf(members);
        const world = new SimulatedWorld({ specs, tempers, budgetMs, drainMs });
        world.autostart();
        for (const command of commands) {
          if (world.finishedAt !== null) break;
          carryOut(world, specs, command);
          checkIdle(world);
          world.invariants.checkWaits();
        }
        world.shutdown();
        const shutdownAt = world.invariants.shutdownAt ?? 0;
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
