import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  type CommandOptions,
  type PreparedCommand,
  prepareCommand,
  renderChildFailure,
  renderForkProblem,
  renderPipeProblem,
} from '../../src/os/spawn.ts';

const root = mkdtempSync(join(tmpdir(), 'initvisor-path-'));
after(() => rmSync(root, { recursive: true }));

for (const folder of ['first', 'second', 'first/folder']) mkdirSync(join(root, folder));
const write = (path: string, mode: number): void => {
  writeFileSync(join(root, path), '');
  chmodSync(join(root, path), mode);
};
write('first/plain', 0o644);
write('second/plain', 0o755);
write('first/only', 0o644);
write('second/folder', 0o755);
write('second/both', 0o755);
write('first/both', 0o755);
const PATH = `${root}/first:${root}/second/`;

const problem = (text: string, exitCode = 126): PreparedCommand => ({ ok: false, problem: text, exitCode });
const missing = (name: string): PreparedCommand => problem(`can't find command ${name}`, 127);
const found = (file: string, ...argv: string[]): PreparedCommand => ({ ok: true, file, argv });

const rows: [string, Partial<CommandOptions> & { command: string }, PreparedCommand][] = [
  ['the first match is taken', { command: 'both -x' }, found(`${root}/first/both`, 'both', '-x')],
  ['a slash at the end of an entry is not doubled', { command: 'plain' }, found(`${root}/second/plain`, 'plain')],
  ['a directory of that name is passed over', { command: 'folder' }, found(`${root}/second/folder`, 'folder')],
  [
    'one that nobody may execute is told',
    { command: 'only' },
    problem(`command at '${root}/first/only' is not executable`),
  ],
  ['a name that is nowhere is told as written', { command: 'gone' }, missing("'gone'")],
  ['a path is not searched for', { command: `${root}/first/both` }, found(`${root}/first/both`, `${root}/first/both`)],
  ['a path that is missing', { command: '/no/such' }, missing("'/no/such'")],
  ['a path that is a directory', { command: '/tmp' }, problem("command at '/tmp' is a directory")],
  ['an empty command', { command: '  ' }, problem('command is empty')],
  ['an empty word is looked up', { command: "'' x" }, problem(`command at '${root}/first/' is a directory`)],
  ['an open quotation', { command: "sh -c 'x" }, problem(`can't parse command "sh -c 'x": No closing quotation`)],
  ['a quote in the name', { command: `"it's"` }, missing(`"it's"`)],
  ['the program’s PATH goes first', { command: 'sh', environment: { PATH: '/nowhere' } }, missing("'sh'")],
  ['an empty inherited PATH is the default one', { command: 'sh', inheritedPath: '' }, found('/bin/sh', 'sh')],
  ['no inherited PATH is the default one', { command: 'sh', inheritedPath: undefined }, found('/bin/sh', 'sh')],
  [
    'an empty PATH of the program is its directory',
    { command: 'both', environment: { PATH: '' }, directory: `${root}/first` },
    found('both', 'both'),
  ],
  [
    'a relative path is looked up where it will run',
    { command: './both', directory: `${root}/first` },
    found('./both', './both'),
  ],
];

for (const [what, options, expected] of rows) {
  test(`${what}: ${options.command}`, () => {
    assert.deepEqual(prepareCommand({ environment: {}, inheritedPath: PATH, directory: null, ...options }), expected);
  });
}

test('problems of a fork and of the pipes are told as Supervisor does', () => {
  assert.equal(renderForkProblem('a', 'EAGAIN'), "Too many processes in process table to spawn 'a'");
  assert.equal(renderForkProblem('a', 'ENOMEM'), "unknown error during fork for 'a': ENOMEM");
  assert.equal(renderPipeProblem('a', 'EMFILE'), "too many open files to spawn 'a'");
  assert.equal(renderPipeProblem('a', 'EISDIR'), "unknown error making dispatchers for 'a': EISDIR");
});

const failures = [
  ['exec', 'ENOEXEC', "couldn't exec ./run: ENOEXEC"],
  ['chdir', 'ENOENT', "couldn't chdir to /srv: ENOENT"],
  ['setgroups', 'EPERM', "couldn't setuid to 5: Could not set groups of effective user"],
  ['setgid', 'EPERM', "couldn't setuid to 5: Could not set group id of effective user"],
  ['rlimit', 'EPERM', "couldn't set rlimit: EPERM"],
] as const;

for (const [stage, errno, text] of failures) {
  test(`a child that failed at ${stage} says so on its stderr`, () => {
    const program = { uid: 5, directory: '/srv', argv: ['./run'], refusal: null };
    const expected = `supervisor: ${text}\nsupervisor: child process was not spawned\n`;
    assert.equal(renderChildFailure({ stage, errno }, program), expected);
  });
}

test('a user that could not be switched to is told with the reason that was known before', () => {
  const program = { uid: 5, directory: null, argv: ['x'], refusal: "Can't drop privilege as nonroot user" };
  const text = renderChildFailure({ stage: 'setgroups', errno: 'EPERM' }, program);
  assert.match(text, /^supervisor: couldn't setuid to 5: Can't drop privilege as nonroot user\n/);
});
