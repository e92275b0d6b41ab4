import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findKillCount } from '../../src/os/cgroup-memory.ts';

const OWN = '/proc/self/cgroup';
const MOUNTS = '/proc/self/mountinfo';

const V2_MOUNT = (root: string, point = '/sys/fs/cgroup') =>
  `31 23 0:27 ${root} ${point} ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate,memory_recursiveprot`;
const V1_MOUNT = (root: string, controllers = 'memory', point = '/sys/fs/cgroup/memory') =>
  `35 31 0:32 ${root} ${point} ro,nosuid shared:9 master:2 - cgroup cgroup rw,${controllers}`;
const REST_OF_MOUNTS = `
23 28 0:22 / /proc rw,nosuid shared:12 - proc proc rw
28 1 8:1 / / rw,relatime - ext4 /dev/root rw,memory`;

const events = (kills: number) => `low 0\nhigh 4\nmax 120\noom 3\noom_kill ${kills}\noom_group_kill 0\n`;
const oomControl = (kills: number) => `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`;

interface Row {
  readonly what: string;
  readonly cgroup: string;
  readonly mounts: readonly string[];
  /** Where the counter is, and others that are not ours. */
  readonly file: string;
  readonly others?: readonly string[];
}

const V1_LINES = '12:pids:/docker/ab\n4:cpu,cpuacct:/docker/ab\n';

const ROWS: readonly Row[] = [
  {
    what: 'v2, in a cgroup namespace of its own',
    cgroup: '0::/\n',
    mounts: [V2_MOUNT('/')],
    file: '/sys/fs/cgroup/memory.events',
  },
  {
    what: "v2, in the machine's namespace, with all of the hierarchy mounted",
    cgroup: '0::/system.slice/docker-ab.scope\n',
    mounts: [V2_MOUNT('/')],
    file: '/sys/fs/cgroup/system.slice/docker-ab.scope/memory.events',
    others: ['/sys/fs/cgroup/system.slice/memory.events'],
  },
  {
    what: "v2, with the container's own part mounted",
    cgroup: '0::/kubepods/pod1/c2\n',
    mounts: [V2_MOUNT('/kubepods/pod1/c2')],
    file: '/sys/fs/cgroup/memory.events',
  },
  {
    what: 'v2, moved into a cgroup below',
    cgroup: '0::/kubepods/pod1/c2/init\n',
    mounts: [V2_MOUNT('/kubepods/pod1/c2')],
    file: '/sys/fs/cgroup/init/memory.events',
    others: ['/sys/fs/cgroup/memory.events'],
  },
  {
    what: 'v2, beside a mount of which it sees nothing and of a cgroup whose name begins alike',
    cgroup: '0::/pod1\n',
    mounts: [V2_MOUNT('/po', '/mnt/part'), V2_MOUNT('/pod1', '/mnt/own')],
    file: '/mnt/own/memory.events',
    others: ['/mnt/part/memory.events', '/mnt/partd1/memory.events'],
  },
  {
    what: 'v2, with colons and spaces in names',
    cgroup: '0::/a:b c\n',
    mounts: [V2_MOUNT('/', '/mnt/c\\040g')],
    file: '/mnt/c g/a:b c/memory.events',
  },
  {
    what: 'v1, as Docker mounts it',
    cgroup: `${V1_LINES}9:memory:/docker/ab\n0::/docker/ab\n`,
    mounts: [V1_MOUNT('/docker/ab', 'pids', '/sys/fs/cgroup/pids'), V1_MOUNT('/docker/ab')],
    file: '/sys/fs/cgroup/memory/memory.oom_control',
    others: ['/sys/fs/cgroup/pids/memory.oom_control'],
  },
  {
    what: 'v1, with all of the hierarchy mounted',
    cgroup: '9:memory:/docker/ab\n',
    mounts: [V1_MOUNT('/')],
    file: '/sys/fs/cgroup/memory/docker/ab/memory.oom_control',
  },
  {
    what: 'v1, with several controllers in one hierarchy',
    cgroup: '9:cpu,memory:/ab\n',
    mounts: [V1_MOUNT('/ab', 'cpu,memory', '/sys/fs/cgroup/cpu,memory')],
    file: '/sys/fs/cgroup/cpu,memory/memory.oom_control',
  },
  {
    what: 'v1 for memory beside v2 for the rest',
    cgroup: '4:memory:/ab\n0::/cd\n',
    mounts: [V2_MOUNT('/', '/sys/fs/cgroup/unified'), V1_MOUNT('/')],
    file: '/sys/fs/cgroup/memory/ab/memory.oom_control',
  },
  {
    what: 'v2 for memory beside v1 for the rest',
    cgroup: '5:devices:/ab\n1:name=systemd:/ab\n0::/cd\n',
    mounts: [V1_MOUNT('/', 'devices', '/sys/fs/cgroup/devices'), V2_MOUNT('/', '/sys/fs/cgroup/unified')],
    file: '/sys/fs/cgroup/unified/cd/memory.events',
  },
];

describe('the number of kills for memory', () => {
  for (const { what, cgroup, mounts, file, others = [] } of ROWS) {
    it(`is found with cgroup ${what}`, () => {
      const render = file.endsWith('.events') ? events : oomControl;
      const files = new Map(others.map((other) => [other, render(90)]));
      files
        .set(OWN, cgroup)
        .set(MOUNTS, [...mounts, REST_OF_MOUNTS].join('\n'))
        .set(file, render(2));
      const count = findKillCount((path) => files.get(path) ?? null);
      assert.equal(count?.(), 2);
      files.set(file, render(13));
      assert.equal(count?.(), 13);
      files.delete(file);
      assert.equal(count?.(), null);
    });
  }

  const v2 = { [OWN]: '0::/\n', [MOUNTS]: V2_MOUNT('/') };
  const nothing: readonly [string, Readonly<Record<string, string>>][] = [
    ['without /proc', {}],
    ['without any cgroup', { [OWN]: '', [MOUNTS]: REST_OF_MOUNTS }],
    ['where cgroups are not mounted', { ...v2, [MOUNTS]: REST_OF_MOUNTS }],
    ['at the root of the machine, which has no such file', v2],
    ['where the file is not to be read', { ...v2, '/sys/fs/cgroup/cgroup.procs': '' }],
    ['on a kernel that does not count', { ...v2, '/sys/fs/cgroup/memory.events': 'low 0\nhigh 0\nmax 0\noom 0\n' }],
    [
      'where another namespace’s cgroups are mounted, and not its own',
      { ...v2, [MOUNTS]: V2_MOUNT('/..'), '/sys/fs/cgroup/memory.events': events(7) },
    ],
    [
      'outside of what is mounted',
      { ...v2, [OWN]: '0::/../other\n', '/sys/fs/cgroup/../other/memory.events': events(7) },
    ],
  ];
  for (const [what, files] of nothing) {
    it(`is not known ${what}`, () =>
      assert.equal(
        findKillCount((path) => files[path] ?? null),
        null,
      ));
  }

  it('is looked for on this machine without a complaint', () => {
    const count = findKillCount();
    if (count !== null) assert.ok(Number.isInteger(count()));
  });
});
