/**
 * Compares how fast a program's output reaches its log: `npx tsx test/bench/log-throughput.ts [ROUNDS [file] [stdout]]`.
 * Each program writes 150 MB, into rotated files (50 MB, 3 kept) or to the container's stdout; every byte in files is compared.
 */
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INITVISOR, ROOT } from '../support/daemon.ts';
import { childrenOf } from '../support/survivors.ts';
import { median } from './report.ts';

const TOTAL_BYTES = 150 * 1024 * 1024;
const WRITE_BYTES = [100, 4096, 65_536] as const;
const TICKS_PER_SECOND = 100;

type Target = 'file' | 'stdout';

interface Subject {
  readonly name: string;
  readonly targets: readonly Target[];
  readonly command: (job: Job) => readonly string[];
}

interface Job {
  readonly dir: string;
  readonly writer: string;
  readonly target: Target;
}

/** Both daemons read this very file. */
function writeConfig({ dir, writer, target }: Job, more = ''): string {
  const log = target === 'file' ? `${dir}/log\nstdout_logfile_maxbytes=50MB\nstdout_logfile_backups=3` : '/dev/stdout';
  const limit = target === 'file' ? '' : 'stdout_logfile_maxbytes=0\n';
  const head = `[supervisord]\nnodaemon=true\nsilent=true\nlogfile=${dir}/main.log\npidfile=${dir}/pid\nchildlogdir=${dir}\n${more}`;
  writeFileSync(
    `${dir}/conf`,
    `${head}[program:p]\ncommand=${writer}\nstdout_logfile=${log}\n${limit}startsecs=0\nautorestart=false\n`,
  );
  return `${dir}/conf`;
}

const daemon = (
  name: string,
  program: readonly string[],
  more = '',
  targets: readonly Target[] = ['file', 'stdout'],
) => ({
  name,
  targets,
  command: (job: Job) => [...program, '-c', writeConfig(job, more)],
});

const SUBJECTS: readonly Subject[] = [
  {
    name: 'cat',
    targets: ['file', 'stdout'],
    command: ({ dir, writer, target }) => [
      'sh',
      '-c',
      `${writer} | cat ${target === 'file' ? `> ${dir}/log` : ''}; exec sleep 600`,
    ],
  },
  daemon('initvisor', [process.execPath, INITVISOR]),
  daemon('initvisor console=prefix', [process.execPath, INITVISOR], 'console=prefix\n', ['stdout']),
  daemon('initvisor console=json', [process.execPath, INITVISOR], 'console=json\n', ['stdout']),
  daemon('supervisor', ['/usr/bin/supervisord']),
];

/** Processor seconds of a process and of children of it that have ended, all but the writer's own. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /, '')
    .split(' ')
    .map(Number);
  return ((fields[11] ?? 0) + (fields[12] ?? 0)) / TICKS_PER_SECOND;
}

function catOf(shell: number): number {
  return childrenOf(shell).find((pid) => readFileSync(`/proc/${pid}/comm`, 'latin1').trim() === 'cat') ?? shell;
}

async function measure(subject: Subject, target: Target, size: number, program: string) {
  const dir = mkdtempSync(join(tmpdir(), 'initvisor-bench-'));
  const writer = `${program} ${TOTAL_BYTES} ${size} ${dir}/took`;
  const [file = '', ...words] = subject.command({ dir, writer, target });
  const fifo = join(dir, 'fifo');
  execFileSync('mkfifo', [fifo]);
  // A FIFO, not Node's own kind of pipe, which is a socket: containers' runtimes read pipes.
  const sink = spawn('sh', ['-c', `exec cat ${fifo} > /dev/null`], { stdio: 'ignore' });
  const out = openSync(fifo, 'r+');
  const child = spawn(file, words, { stdio: ['ignore', out, 'ignore'], env: quietEnvironment() });
  try {
    let cpu = 0;
    for (let i = 0; i < 6000 && !(existsSync(`${dir}/took`) && readFileSync(`${dir}/took`).length > 1); i++) {
      if (subject.name === 'cat') cpu = Math.max(cpu, cpuSeconds(catOf(child.pid ?? 0)));
      await sleep(5);
    }
    if (subject.name !== 'cat') cpu = cpuSeconds(child.pid ?? 0);
    const took = Number(readFileSync(`${dir}/took`, 'latin1'));
    await sleep(300);
    if (target === 'file') check(dir, program, size);
    return { rate: TOTAL_BYTES / 1e6 / (took / 1e9), cpu };
  } finally {
    child.kill('SIGKILL');
    sink.kill('SIGKILL');
    closeSync(out);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Compares all bytes in the files, oldest first, with what the program writes. */
function check(dir: string, program: string, size: number): void {
  const script = `cd ${dir}; cat $(ls -1 log.? 2>/dev/null | sort -r) log | cmp - /dev/fd/3`;
  execFileSync('bash', ['-c', `exec 3< <(${program} ${TOTAL_BYTES} ${size} /dev/null); ${script}`]);
}

function quietEnvironment(): NodeJS.ProcessEnv {
  const { NODE_EXTRA_CA_CERTS: _certificates, NODE_OPTIONS: _options, ...env } = process.env;
  return env;
}

async function compare(program: string, rounds: number, targets: readonly string[]): Promise<void> {
  for (const target of ['file', 'stdout'] as const) {
    if (targets.length > 0 && !targets.includes(target)) continue;
    for (const size of WRITE_BYTES) {
      const subjects = SUBJECTS.filter(({ targets }) => targets.includes(target));
      const results = new Map(subjects.map((subject) => [subject.name, { rate: [0].slice(1), cpu: [0].slice(1) }]));
      for (let round = 0; round < rounds; round++) {
        for (const subject of subjects) {
          const { rate, cpu } = await measure(subject, target, size, program);
          results.get(subject.name)?.rate.push(rate);
          results.get(subject.name)?.cpu.push(cpu);
        }
      }
      const [cat] = results.values();
      for (const [name, { rate, cpu }] of results) {
        const [speed, busy] = [median(rate), median(cpu)];
        const ratios = `${(speed / median(cat?.rate ?? [])).toFixed(2)} and ${(busy / median(cat?.cpu ?? [])).toFixed(2)} of cat's`;
        console.log(
          `${target}, ${size} B: ${name.padEnd(24)} ${speed.toFixed(0).padStart(5)} MB/s ${busy.toFixed(2)} s CPU, ${ratios}`,
        );
      }
    }
  }
}

const folder = mkdtempSync(join(tmpdir(), 'initvisor-bench-'));
try {
  execFileSync(process.env.CC || 'cc', [
    '-O2',
    '-Wall',
    '-o',
    `${folder}/writer`,
    join(ROOT, 'test/bench/log-writer.c'),
  ]);
  console.log(`Node ${process.version}, ${availableParallelism()} cores`);
  const [rounds = '3', ...targets] = process.argv.slice(2);
  await compare(`${folder}/writer`, Number(rounds), targets);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
