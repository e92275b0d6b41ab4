import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Config } from '../../src/config/config.ts';
import { AutoLogs } from '../../src/logging/auto-logs.ts';
import { LogSinks } from '../../src/logging/log-sinks.ts';
import { createFiles } from '../../src/os/files.ts';
import { Inventory } from '../../src/supervisor/inventory.ts';
import { memberId } from '../../src/supervisor/policies.ts';
import { loadText, requireConfig } from '../config/sources.ts';
import { FakeNative, quietOutput, systemError } from '../support/fake-native.ts';
import { NO_PROBES } from '../support/no-probes.ts';

const LOGS = 'stdout_logfile=NONE\nstderr_logfile=NONE\n';

function create(native = new FakeNative()) {
  const lines: string[] = [];
  const refuse = () => {
    throw systemError('EROFS', 'open');
  };
  const files = { ...createFiles(), createExclusively: refuse, exists: () => false };
  const inventory = new Inventory(
    {
      native: native.asNative(),
      files,
      sinks: new LogSinks(native.asNative()),
      autoLogs: new AutoLogs({
        files,
        directory: '/logs',
        identifier: 'i',
        randomBytes: (count) => new Uint8Array(count),
      }),
      log: (level, text) => void lines.push(`${level} ${text}`),
      clock: { monotonicMs: () => 0, wallMs: () => 0 },
      createTimer: () => ({ set: () => undefined }),
      defer: () => undefined,
      inheritedEnvironment: {},
      emit: () => undefined,
      subscribe: () => () => undefined,
      prober: NO_PROBES,
      readTrees: async () => new Map(),
      uid: 0,
      tapsOutput: () => false,
      ...quietOutput(),
      isOthers: () => false,
      onFinished: () => undefined,
    },
    null,
  );
  return { inventory, native, lines };
}

/** Adds what is not there yet, as a reload does. */
function addMissing(inventory: Inventory, config: Config): string[] {
  const added: string[] = [];
  for (const group of config.groups) {
    for (const process of group.processes) {
      const id = memberId(group.name, process.name);
      if (inventory.processOf(id) !== undefined) continue;
      inventory.add(group, process);
      added.push(id);
    }
  }
  return added;
}

const fcgi = (numprocs: number): Config =>
  requireConfig(
    loadText(
      `[fcgi-program:php]\ncommand=/bin/true\nsocket=tcp://localhost:9000\nprocess_name=%(process_num)d\nnumprocs=${numprocs}\n${LOGS}`,
    ),
  );

describe('the inventory', () => {
  it('gives a process that joins a FastCGI pool later the socket that is there', () => {
    const { inventory, native, lines } = create();
    const early = addMissing(inventory, fcgi(1));
    assert.ok(inventory.spawn(early[0] ?? '').ok);
    const late = addMissing(inventory, fcgi(2));
    assert.equal(late.length, 1);
    assert.ok(inventory.spawn(late[0] ?? '').ok);
    assert.equal(native.spawned[0]?.fds[0], native.spawned[1]?.fds[0]);
    for (const id of [...early, ...late]) inventory.closePipes(id, 'program');
    assert.deepEqual([...native.open], []);
    assert.deepEqual(lines, ['info Creating socket tcp://localhost:9000', 'info Closing socket tcp://localhost:9000']);
  });

  it('holds no socket after a failed start', () => {
    const { inventory, native } = create();
    const [id = ''] = addMissing(inventory, fcgi(1));
    native.fail('listenTcp', systemError('EADDRINUSE', 'bind'));
    const refused = inventory.spawn(id);
    assert.ok(!refused.ok);
    assert.match(refused.reason, /Could not create FastCGI socket/);
    native.fail('listenTcp', null);
    native.fail('spawn', systemError('EAGAIN', 'fork'));
    assert.ok(!inventory.spawn(id).ok);
    assert.deepEqual([...native.open], []);
  });

  it('lets a program run whose AUTO log cannot be made', () => {
    const { inventory, lines } = create();
    const [id = ''] = addMissing(inventory, requireConfig(loadText('[program:p]\ncommand=/bin/true\n')));
    assert.deepEqual(
      lines,
      ['stdout', 'stderr'].map((channel) => `warn cannot make a ${channel} log for 'p': EROFS; it runs without one`),
    );
    assert.ok(inventory.spawn(id).ok);
  });

  it('brings in the newest of several configurations that came while the old process stopped', () => {
    const { inventory } = create();
    const withUmask = (options: string) => {
      const [group] = requireConfig(loadText(`[program:p]\ncommand=/bin/true\n${LOGS}${options}`)).groups;
      return group ?? assert.fail('no group');
    };
    const groups = ['', 'umask=077', 'umask=077\nstopwaitsecs=3'].map(withUmask);
    const [first, second, third] = groups.map((group) => ({
      group,
      process: group.processes[0] ?? assert.fail('none'),
    }));
    if (first === undefined || second === undefined || third === undefined) assert.fail('three are wanted');
    inventory.add(first.group, first.process);
    inventory.replaceLater(second.group, second.process);
    inventory.update(third.group, third.process);
    assert.equal(inventory.processOf('p:p')?.config.stopwaitsecs, 10, 'the old process keeps its own');
    inventory.replace('p:p');
    assert.equal(inventory.processOf('p:p')?.config.stopwaitsecs, 3);
  });

  it('answers for an id that it does not know', () => {
    const { inventory } = create();
    assert.ok(!inventory.spawn('no:body').ok);
    inventory.closePipes('no:body', 'program');
    inventory.remove('no:body');
    inventory.replace('no:body');
  });
});
