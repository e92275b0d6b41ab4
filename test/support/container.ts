import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { type DaemonOptions, ROOT, startDaemon, type TestDaemon } from './daemon.ts';
import { packInto } from './npm-package.ts';
import { containerEngine } from './requirements.ts';

const run = promisify(execFile);

export interface ContainerOptions extends Pick<DaemonOptions, 'config' | 'files' | 'args'> {
  readonly image: string;
  /** Of the engine's `run`. */
  readonly flags?: readonly string[];
}

export interface TestContainer extends Pick<TestDaemon, 'dir' | 'output' | 'waitForOutput' | 'exited'> {
  readonly name: string;
  /** Runs a command in it and returns what that says; its failure is thrown. */
  exec(...words: readonly string[]): Promise<string>;
  signal(name: NodeJS.Signals): Promise<void>;
  /** The engine's `stop`, SIGKILL after so many seconds included; returns the container's exit status. */
  stop(seconds: number): Promise<number | NodeJS.Signals>;
}

/** Runs the engine; both streams of its output are returned, its failure is thrown. */
export async function engine(...words: readonly string[]): Promise<string> {
  const command = containerEngine();
  if (command === null) throw new Error('there is no container engine');
  const { stdout, stderr } = await run(command, words);
  return stdout + stderr;
}

const uniqueName = (what: string) => `initvisor-test-${what}-${randomUUID().slice(0, 8)}`;

/** Builds a folder's Dockerfile under a name of its own; its layers are shared with no other test. */
export async function buildImage(folder: string, ...flags: readonly string[]): Promise<string> {
  const image = uniqueName('image');
  await engine('build', '--no-cache', ...flags, '--tag', image, folder);
  return image;
}

/** Builds docker/Dockerfile with a fresh package. */
export async function buildBaseImage(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'initvisor-image-'));
  try {
    await packInto(folder);
    copyFileSync(join(ROOT, 'docker', 'Dockerfile'), join(folder, 'Dockerfile'));
    return await buildImage(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes images, those that were never built excepted. */
export async function removeImages(...images: readonly string[]): Promise<void> {
  for (const image of images) if (image !== '') await engine('rmi', image);
}

/** Runs an image on a configuration; the container goes with the test. */
export function startContainer(t: TestContext, { image, flags = [], ...options }: ContainerOptions): TestContainer {
  const name = uniqueName('container');
  // Before the directory that is mounted goes.
  t.after(() => engine('rm', '--force', '--volumes', name));
  const mounts = ['--volume', '%DIR%:%DIR%'];
  const command = [containerEngine() ?? '', 'run', '--name', name, ...mounts, ...flags, image] as const;
  const { dir, output, waitForOutput, exited } = startDaemon(t, { ...options, command, modes: { '.': 0o777 } });
  return {
    name,
    dir,
    output,
    waitForOutput,
    exited,
    exec: (...words) => engine('exec', name, ...words),
    async signal(signal) {
      await engine('kill', '--signal', signal, name);
    },
    async stop(seconds) {
      await engine('stop', '--time', String(seconds), name);
      return exited;
    },
  };
}
