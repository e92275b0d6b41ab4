import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadNative } from '../../src/os/native.ts';
import { decidePrivileges } from '../../src/os/users.ts';
import { distDirectory, isRoot, NOBODY } from './native-children.ts';

const native = loadNative(distDirectory);

test('every user of the machine is found by name and by uid, with all groups that id(1) tells', () => {
  const lines = readFileSync('/etc/passwd', 'utf8').trimEnd().split('\n');
  for (const line of lines) {
    const [name = '', , uid, gid, , home = '', shell = ''] = line.split(':');
    const user = { name, uid: Number(uid), gid: Number(gid), home, shell };
    assert.deepEqual(native.userByName(name), user);
    assert.equal(native.userByUid(user.uid)?.uid, user.uid);
    const told = execFileSync('id', ['-G', name], { encoding: 'utf8' }).trim().split(' ').map(Number);
    assert.deepEqual(new Set(native.groupList(name, user.gid)), new Set(told), name);
    assert.equal(native.groupList(name, user.gid)[0], user.gid);
  }
});

test('groups are found by name and number', () => {
  assert.equal(native.gidByName('root'), 0);
  assert.equal(native.gidByName('no such group'), null);
  assert.equal(native.groupExists(0), true);
  assert.equal(native.groupExists(3_999_999_999), false);
  assert.equal(native.groupExists(-1), false);
});

test('what is not there is null, and a name with a NUL is refused', () => {
  assert.equal(native.userByName('no such user'), null);
  assert.equal(native.userByName(''), null);
  assert.equal(native.userByUid(3_999_999_999), null);
  assert.equal(native.userByUid(-1), null);
  assert.throws(() => native.userByName('root\0'), TypeError);
});

const users = {
  userByUid: (uid: number) => (uid === 70 ? { name: 'web', uid, gid: 71, home: '/srv', shell: '/bin/sh' } : null),
  groupList: (name: string, gid: number) => (name === 'web' ? [gid, 80, 81] : []),
};

const rows: [string, number, number, ReturnType<typeof decidePrivileges>][] = [
  ['root switches to the user, groups included', 70, 0, { kind: 'switch', uid: 70, gid: 71, groups: [71, 80, 81] }],
  ['the same user keeps what it has', 70, 70, { kind: 'keep' }],
  ['another user may not switch', 70, 5, { kind: 'refused', reason: "Can't drop privilege as nonroot user" }],
  ['an unknown uid is refused', 72, 0, { kind: 'refused', reason: "Can't find uid 72" }],
];

for (const [what, uid, current, expected] of rows) {
  test(what, () => assert.deepEqual(decidePrivileges(users, uid, current), expected));
}

const needsRoot = isRoot && native.userByUid(NOBODY) !== null ? {} : { skip: 'needs root and the user nobody' };

test('the whole process drops its privileges', needsRoot, () => {
  const source = `
    import { dropPrivileges } from ${JSON.stringify(new URL('../../src/os/users.ts', import.meta.url).href)};
    import { loadNative } from ${JSON.stringify(new URL('../../src/os/native.ts', import.meta.url).href)};
    const native = loadNative(${JSON.stringify(distDirectory)});
    const first = dropPrivileges(native, ${NOBODY});
    const again = dropPrivileges(native, 0);
    console.log(JSON.stringify([first, again, process.getuid(), process.getgid(), process.getgroups()]));`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', source];
  const gid = native.userByUid(NOBODY)?.gid;
  const told: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  assert.deepEqual(told, [null, "Can't drop privilege as nonroot user", NOBODY, gid, [gid]]);
});
