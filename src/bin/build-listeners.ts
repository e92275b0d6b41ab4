import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { COMMAND_NAMES } from '../superlance/commands.ts';

/** What is bundled out of one source. */
export interface ListenerBundle {
  readonly source: string;
  readonly outfile: string;
}

/** Declarations of what others import, with TypeScript's own compiler. */
function buildTypes(root: string, outDir: string): void {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const compiler = join(dirname(manifest), 'bin', 'tsc');
  const project = join(root, 'src', 'bin', 'published.tsconfig.json');
  rmSync(outDir, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [compiler, '-p', project, '--outDir', outDir], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`cannot build the types of what is published: tsc ended with status ${status}`);
  // Told of by the package's own file they would be those of an ECMAScript module, which cannot be required.
  writeFileSync(join(outDir, 'package.json'), '{ "type": "commonjs" }\n');
}

/**
 * Builds the listeners of superlance's names, one bundle with a file for each, as a package manager may link to a
 * command or call it by its file; and initvisor/listener and initvisor/client, CommonJS modules as those can be imported
 * and required.
 */
export async function buildListeners(root: string, bundle: (one: ListenerBundle) => Promise<void>): Promise<void> {
  const dist = join(root, 'dist');
  await bundle({ source: 'src/bin/superlance.ts', outfile: join(dist, 'superlance.cjs') });
  for (const name of COMMAND_NAMES) {
    const text = `#!/usr/bin/env node\nrequire('./superlance.cjs').runCommand('${name}');\n`;
    writeFileSync(join(dist, `${name}.cjs`), text);
  }
  await bundle({ source: 'src/listener/listen.ts', outfile: join(dist, 'listener.cjs') });
  await bundle({ source: 'src/client/connect.ts', outfile: join(dist, 'client.cjs') });
  buildTypes(root, join(dist, 'types'));
}
