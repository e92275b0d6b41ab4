/**
 * How fast a program's output reaches its log: it writes 150 MB, into rotated files (50 MB, 3 kept) or to the
 * container's stdout.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadNative } from '../../src/os/native.ts';
import { INITVISOR, ROOT } from '../support/daemon.ts';
import { childrenOf } from '../support/survivors.ts';
import { waitFor } from '../support/wait-for.ts';
import { addSample, type Samples } from './report.ts';

const TOTAL_BYTES = 150 * 1024 * 1024;
const WRITE_BYTES = [100, 4096, 65_536] as const;
const PATIENCE_MS = 60_000;

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
      `exec ${writer} | exec cat ${target === 'file' ? `> ${dir}/log` : ''}; exec sleep 600`,
    ],
  },
  {
    name: 'a stream of Node',
    targets: ['file'],
    command: ({ dir, writer }) => [process.execPath, join(ROOT, 'test/bench/stream.cjs'), `${dir}/log`, writer],
  },
  daemon('initvisor', [process.execPath, INITVISOR]),
  daemon('initvisor console=prefix', [process.execPath, INITVISOR], 'console=prefix\n', ['stdout']),
  daemon('initvisor console=json', [process.execPath, INITVISOR], 'console=json\n', ['stdout']),
  daemon('supervisor', ['/usr/bin/supervisord']),
];

/** Processor seconds of a process's threads; 0 when it is gone. */
function cpuSeconds(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const times = threads.map(
      (thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0],
    );
    return times.reduce((sum, ns) => sum + Number(ns) / 1e9, 0);
  } catch {
    // ENOENT: it has ended.
    return 0;
  }
}

const nameOf = (pid: number): string => readFileSync(`/proc/${pid}/comm`, 'latin1').trim();

/** The process that moves the output: the subject itself, or the cat that it runs. */
async function moverOf(subject: number, isCat: boolean): Promise<number> {
  const find = (name: string) => childrenOf(subject).find((pid) => nameOf(pid) === name);
  await waitFor(() => find('writer'), 'the writer');
  return isCat ? waitFor(() => find('cat'), 'cat') : subject;
}

const native = loadNative(dirname(INITVISOR));

async function measure(subject: Subject, target: Target, size: number, program: string) {
  const dir = mkdtempSync(join(tmpdir(), 'initvisor-bench-'));
  const writer = `${program} ${TOTAL_BYTES} ${size} ${dir}/took`;
  const [file = '', ...words] = subject.command({ dir, writer, target });
  // Not Node's own kind of pipe, which is a socket, nor one with a name: containers' runtimes read pipes.
  const [end, out] = native.pipe(false, false);
  const sink = spawn('cat', { stdio: [end, 'ignore', 'ignore'] });
  const child = spawn(file, words, { stdio: ['ignore', out, 'ignore'], env: quietEnvironment() });
  try {
    const mover = await moverOf(child.pid ?? 0, subject.name === 'cat');
    // The writer begins a second after its start, and what a start costs is measured elsewhere.
    await sleep(500);
    const before = cpuSeconds(mover);
    const isDone = () => existsSync(`${dir}/took`) && readFileSync(`${dir}/took`).length > 1;
    await waitFor(isDone, 'the end of the writing', PATIENCE_MS);
    const took = Number(readFileSync(`${dir}/took`, 'latin1'));
    await sleep(300);
    const after = cpuSeconds(mover);
    if (target === 'file') check(dir, program, size);
    return { rate: TOTAL_BYTES / 1e6 / (took / 1e9), cpu: after - before };
  } finally {
    child.kill('SIGKILL');
    sink.kill('SIGKILL');
    for (const fd of [end, out]) native.close(fd);
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

/** Bytes a second and processor seconds a gigabyte, of each way and size of writes; all bytes in files are compared. */
export async function measureLogs(rounds: number): Promise<Samples> {
  const samples: Samples = new Map();
  const folder = mkdtempSync(join(tmpdir(), 'initvisor-bench-'));
  const program = join(folder, 'writer');
  try {
    const source = join(ROOT, 'test/bench/log-writer.c');
    execFileSync(process.env.CC || 'cc', ['-O2', '-Wall', '-o', program, source]);
    for (const target of ['file', 'stdout'] as const) {
      for (const size of WRITE_BYTES) {
        const subjects = SUBJECTS.filter(({ targets }) => targets.includes(target));
        for (let round = 0; round < rounds; round++) {
          for (const subject of subjects) {
            const { rate, cpu } = await measure(subject, target, size, program);
            const what = `${target}, ${size} B`;
            addSample(samples, subject.name, {
              [`${what}, MB/s`]: rate,
              [`${what}, CPU s/GB`]: cpu / (TOTAL_BYTES / 1e9),
            });
          }
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return samples;
}
