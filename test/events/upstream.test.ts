import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { runUpstream } from '../ctl/both.ts';
import { missing } from '../support/requirements.ts';
import { waitFor } from '../support/wait-for.ts';
import { type RecordedEvent, type RecordingDaemon, recorder, startRecording } from './recording.ts';

const UPSTREAM = ['/usr/bin/python3', '/usr/bin/supervisord'] as const;

type Act = (world: RecordingDaemon) => Promise<void>;

/** The same life under both daemons; upstream's comes first. */
async function liveTwice(
  t: TestContext,
  config: string,
  act: Act,
  files = {},
): Promise<[RecordingDaemon, RecordingDaemon]> {
  const worlds = await Promise.all([
    startRecording(t, config, { files, command: UPSTREAM }),
    startRecording(t, config, { files }),
  ]);
  await Promise.all(worlds.map(act));
  await Promise.all(worlds.map(({ daemon }) => daemon.stop()));
  const [theirs, ours] = worlds;
  assert.ok(theirs !== undefined && ours !== undefined);
  return [theirs, ours];
}

const send = ({ client }: RecordingDaemon, data: string) =>
  client.call('supervisor.sendRemoteCommEvent', 'kind of', data);

describe('listeners as under the real Supervisor', { skip: missing('supervisor'), concurrency: true }, () => {
  const program = (name: string, command: string, ...lines: readonly string[]) =>
    [`[program:${name}]`, `command=${command}`, 'startsecs=0', ...lines, ''].join('\n');

  const LIFE = [
    '[eventlistener:all]',
    `command=${recorder('all')}`,
    'events=EVENT',
    'buffer_size=100',
    'startsecs=0',
    '',
    program('done', '/bin/sh -c "sleep 0.3"', 'autorestart=false'),
    program('wrong', '/bin/sh -c "sleep 0.3; exit 3"', 'autorestart=false'),
    program('missing', '/no/such/command', 'startretries=1'),
    program('quick', '/bin/sh -c "sleep 0.3; exit 1"', 'startsecs=20', 'startretries=0'),
    program('up', '/bin/sleep 1000'),
    program('talks', '%DIR%/talk.sh', 'autorestart=false', 'stdout_capture_maxbytes=1MB'),
    program('logs', '%DIR%/talk.sh', 'autorestart=false', 'stdout_events_enabled=true', 'stderr_events_enabled=true'),
    program('killed', '/bin/sleep 1000', 'autorestart=false'),
    program('again', '/bin/sleep 1000'),
    program('last', '/bin/sleep 1000'),
  ].join('\n');

  /** Waits until each piece was told, for what comes in one piece is one event. */
  const TALK = `#!/bin/sh
heard() { until grep -qs "$1.*processname:$SUPERVISOR_PROCESS_NAME " %DIR%/all.events; do sleep 0.1; done; }
heard STATE_RUNNING
printf 'a<!--XSUPERVISOR:BEGIN-->zażółć<!--XSUPERVISOR:END-->b'
heard _STDOUT
printf 'bad \\377 bytes\\n' >&2
if [ $SUPERVISOR_PROCESS_NAME = logs ]; then heard _STDERR; fi
printf '<!--XSUPERVISOR:BEGIN-->\\377<!--XSUPERVISOR:END-->'
`;

  const isTick = ({ headers }: RecordedEvent) => headers.eventname?.startsWith('TICK') === true;

  const act: Act = async (world) => {
    const { client, daemon, waitForLog } = world;
    await waitForLog(/gave up: missing/);
    await waitForLog(/gave up: quick/);
    for (const name of ['wrong', 'talks', 'logs']) await waitForLog(new RegExp(`exited: ${name}`));
    await waitForLog(/success: again/);
    await send(world, 'zażółć 😀\ntwo');
    await send(world, '');
    await client.call('supervisor.stopProcess', 'up');
    await client.call('supervisor.signalProcess', 'killed', 'KILL');
    await waitForLog(/exited: killed/);
    for (const words of [
      ['stop', 'again'],
      ['remove', 'again'],
      ['add', 'again'],
    ]) {
      const { status } = await runUpstream(['-c', 'supervisord.conf', ...words], { cwd: daemon.dir });
      assert.equal(status, 0, words.join(' '));
    }
    await waitForLog(/success: again/, 2);
    await client.call('supervisor.stopProcess', 'again');
    const lastEvent = () => world.events('all').findLast((event) => !isTick(event));
    await waitFor(() => lastEvent()?.headers.eventname === 'PROCESS_STATE_STOPPED', 'the last event');
  };

  /** What one process, group or the daemon went through, without pids and the numbers that depend on the others. */
  function chapters(world: RecordingDaemon): Record<string, string[]> {
    const found: Record<string, string[]> = {};
    for (const { headers, payload } of world.events('all').filter((event) => !isTick(event))) {
      const subject = /^(?:processname|groupname):(\w+)/.exec(payload)?.[1] ?? 'daemon';
      const { ver, server, pool, eventname, len } = headers;
      const length = Number(len) - (/pid:(\d*)/.exec(payload)?.[1]?.length ?? 0);
      const text = payload.replace(/pid:[1-9]\d*/, 'pid:N');
      found[subject] ??= [];
      found[subject].push([ver, server, pool, eventname, length, text].join(' '));
    }
    return found;
  }

  /** Without the end of the shutdown, for which upstream may not let its listener live. */
  function untilShutdown(world: RecordingDaemon): Record<string, string[]> {
    const { last = [], daemon = [], ...others } = chapters(world);
    const isEnd = (line: string) => /STATE_STOPP|CHANGE_STOPPING/.test(line);
    return { ...others, last: last.filter((line) => !isEnd(line)), daemon: daemon.filter((line) => !isEnd(line)) };
  }

  it('are told of the same lives, with the same headers and payloads', async (t) => {
    const [theirs, ours] = await liveTwice(t, LIFE, act, { 'talk.sh': TALK });
    assert.deepEqual(untilShutdown(ours), untilShutdown(theirs));
    for (const subject of ['last', 'daemon']) {
      const [mine = [], upstreams = []] = [chapters(ours)[subject], chapters(theirs)[subject]];
      assert.deepEqual(mine.slice(0, upstreams.length), upstreams);
    }
    assert.match(chapters(ours).daemon?.at(-1) ?? '', /SUPERVISOR_STATE_CHANGE_STOPPING/);
    assert.match(chapters(ours).last?.at(-1) ?? '', /PROCESS_STATE_STOPPED 56 .* from_state:STOPPING pid:N/);
    assert.match(JSON.stringify(chapters(ours)), /PROCESS_COMMUNICATION_STDOUT .*Undecodable: b'/);
    for (const world of [theirs, ours]) {
      const numbers = world.events('all').map(({ headers }) => [Number(headers.serial), Number(headers.poolserial)]);
      assert.deepEqual(
        numbers,
        numbers.map((_, index) => [index, index]),
      );
    }
  });

  const NAMES = ['refuses', 'dies', 'garbles', 'repeats', 'ends', 'hangs'] as const;
  const POOLS = NAMES.map((name, index) => {
    const words = {
      refuses: 'FAIL NOPE',
      dies: 'DIE',
      garbles: 'GARBAGE',
      repeats: 'READY-TWICE',
      ends: 'OK-AND-END',
      hangs: 'HANG',
    };
    return [
      `[eventlistener:${name}]`,
      `command=${recorder(name, words[name])}`,
      'events=REMOTE_COMMUNICATION',
      `buffer_size=${name === 'hangs' ? 1 : 10}`,
      // Equal ones would get each other's rejected events from upstream.
      `priority=${index + 1}`,
      'startsecs=0',
      'autorestart=true',
      '',
    ].join('\n');
  });

  const misbehave: Act = async (world) => {
    const { client, waitForLog, waitForEvents } = world;
    const ready = async (name: string, times: number) =>
      waitForLog(new RegExp(`${name}: ACKNOWLEDGED -> READY`), times);
    for (const name of NAMES) await ready(name, 1);
    /** READY so often, after the first event, who goes on. */
    const goingOn = Object.entries({ refuses: 4, dies: 3, ends: 2 });
    for (const [index, data] of ['0', '1', '2', '3'].entries()) {
      await send(world, data);
      for (const [name, times] of goingOn) await ready(name, times + index);
      for (const name of ['garbles', 'repeats']) await waitForLog(new RegExp(`${name}: has entered the UNKNOWN`));
      await waitForEvents('hangs', 1);
    }
    for (const name of ['garbles', 'repeats']) {
      await client.call('supervisor.stopProcess', name);
      await client.call('supervisor.startProcess', name);
      await waitForLog(new RegExp(`${name}: event was processed`), 4);
    }
  };

  /** What a pool logged, and what its listener was told. */
  function story(world: RecordingDaemon, name: string) {
    const line = new RegExp(`^\\S+ \\S+ (DEBG|WARN|ERRO) (.*\\b${name}\\b.*)$`, 'gm');
    const lines = [...world.log().matchAll(line)].map(([, level, text]) => `${level} ${text}`);
    const about = lines.filter((text) => /event|->|UNKNOWN|bad result/.test(text));
    const told = world.events(name).map(({ headers, payload }) => `${headers.serial} ${headers.poolserial} ${payload}`);
    return { log: about, told };
  }

  it('may misbehave with the same consequences, told in the same words', async (t) => {
    const [theirs, ours] = await liveTwice(t, POOLS.join('\n'), misbehave);
    for (const name of NAMES) assert.deepEqual(story(ours, name), story(theirs, name), name);
    assert.equal(story(ours, 'hangs').log.filter((text) => /overflowed, discarding event [12]$/.test(text)).length, 2);
  });

  it('may have the program of an event restarted before they answer, as memmon does', async (t) => {
    const pool = [
      '[eventlistener:l]',
      `command=${recorder('l', 'RESTART-P')}`,
      'events=PROCESS_STATE',
      'buffer_size=50',
    ];
    const config = `${[...pool, 'stderr_logfile=%DIR%/asked', ''].join('\n')}${program('p', '/bin/sleep 1000')}`;
    const [theirs, ours] = await liveTwice(t, config, async ({ waitForLog, events }) => {
      await waitForLog(/success: p entered/, 2);
      await waitFor(() => events('l').at(-1)?.payload.startsWith('processname:p'), 'the events of the restart');
      await waitForLog(/l: event was processed/, 7);
    });
    for (const { daemon } of [theirs, ours]) {
      assert.equal(readFileSync(join(daemon.dir, 'asked'), 'utf8'), '[true, true, "RUNNING"]\n');
    }
    const names = (world: RecordingDaemon) =>
      world.events('l').map(({ headers, payload }) => `${headers.eventname} ${payload.split(' ')[0]}`);
    assert.deepEqual(names(ours).slice(0, 8).sort(), names(theirs).slice(0, 8).sort());
  });
});
