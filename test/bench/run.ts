/**
 * Compares whole processes, each as PID 1 of a namespace, round by round: `npm run bench [-- SCENARIO… [ROUNDS]]`.
 * Prints medians, minima and ratios, what was missing, and all values as one line of JSON. Needs root and a C compiler.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/daemon.ts';
import { missing } from '../support/requirements.ts';
import { addSample, renderJson, renderTable, type Samples } from './report.ts';
import { SCENARIOS, type Scenario, type TrialScenario } from './scenarios.ts';
import { LEAST_SUBJECT, type Subject } from './subjects.ts';
import { Trial } from './trial.ts';

async function runTrial(probe: string, { measure }: TrialScenario, subject: Subject, samples: Samples): Promise<void> {
  const trial = new Trial(probe);
  try {
    addSample(samples, subject.name, await measure(trial, subject));
  } finally {
    await trial.end();
  }
}

async function runScenario(probe: string, scenario: Scenario, rounds: number): Promise<Samples> {
  if ('collect' in scenario) return scenario.collect(rounds);
  const samples: Samples = new Map();
  const present: Subject[] = [];
  for (const subject of scenario.subjects) {
    const why = subject.missing();
    if (why === null) present.push(subject);
    else console.log(`${scenario.name}: skipped ${subject.name}: ${why}`);
  }
  for (let round = 0; round < rounds; round++) {
    for (const subject of present) await runTrial(probe, scenario, subject, samples);
  }
  return samples;
}

function choose(words: readonly string[]): { scenarios: readonly Scenario[]; rounds: number | null } {
  const names = words.filter((word) => !/^\d+$/.test(word));
  const unknown = names.filter((name) => SCENARIOS.every((scenario) => scenario.name !== name));
  if (unknown.length > 0) {
    const known = SCENARIOS.map(({ name }) => name).join(', ');
    throw new Error(`cannot run ${unknown.join(', ')}: the scenarios are ${known}`);
  }
  const rounds = words.find((word) => /^\d+$/.test(word));
  return {
    scenarios: SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name)),
    rounds: rounds === undefined ? null : Number(rounds),
  };
}

async function runAll(words: readonly string[]): Promise<void> {
  const { scenarios, rounds } = choose(words);
  const lacking = missing('root', 'pid namespaces');
  if (lacking !== false) throw new Error(`cannot compare anything: it ${lacking}`);
  const folder = mkdtempSync(join(tmpdir(), 'initvisor-bench-'));
  const probe = join(folder, 'probe');
  execFileSync(process.env.CC || 'cc', ['-O2', '-Wall', '-o', probe, join(ROOT, 'test/bench/probe.c')]);
  console.log(`Node ${process.version}, ${availableParallelism()} cores`);
  try {
    for (const scenario of scenarios) {
      const samples = await runScenario(probe, scenario, rounds ?? scenario.rounds);
      console.log(`\n${renderTable(samples, scenario.reference ?? LEAST_SUBJECT.name)}\n${renderJson(samples)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  await runAll(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
