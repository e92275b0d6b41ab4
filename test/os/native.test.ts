import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { loadNative } from '../../src/os/native.ts';
import { addonFileName } from '../../src/os/native-file.ts';
import { distDirectory } from './native-children.ts';

test('the addon is found beside the bundle and from the sources’ src/bin', () => {
  loadNative(distDirectory);
  loadNative(join(dirname(distDirectory), 'src', 'bin'));
});

test('a missing addon is one sentence with the platform and what to do', () => {
  assert.throws(() => loadNative('/nonexistent/src/bin'), {
    code: 'NATIVE_MISSING',
    message: new RegExp(
      `^cannot load the native addon for ${process.platform}/${process.arch}: no /.*npm run build.*$`,
    ),
  });
});

test('an addon that cannot be loaded is told with the loader’s reason', () => {
  const folder = mkdtempSync(join(tmpdir(), 'initvisor-addon-'));
  writeFileSync(join(folder, addonFileName(process.platform, process.arch, 'musl')), 'not a library');
  assert.throws(() => loadNative(folder), { code: 'NATIVE_MISSING', message: /musl\.node.*npm run build/ });
  rmSync(folder, { recursive: true });
});
