import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { type NotifyFd, type NotifyFdEvent, openNotifyFd } from '../../src/probes/notify-fd.ts';
import { systemError } from '../support/fake-native.ts';
import { waitFor } from '../support/wait-for.ts';
import { createProbeWorld, openDescriptors } from './probe-world.ts';

const world = createProbeWorld();
const { native } = world;
after(() => world.close());

/** What a shell command leads to that has the write end as descriptor 3. */
async function eventsOf(command: string): Promise<readonly NotifyFdEvent[]> {
  const events: NotifyFdEvent[] = [];
  const channel = openNotifyFd({ native }, (event) => events.push(event));
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'inherit', 'inherit', channel.childEnd] });
  channel.closeChildEnd();
  await waitFor(() => child.exitCode !== null || child.signalCode !== null, 'the end of the command');
  await waitFor(() => events.length > 0, 'word of it');
  assert.equal(child.signalCode, null);
  channel.close();
  return events;
}

describe('a descriptor', () => {
  const ROWS: readonly (readonly [command: string, event: NotifyFdEvent])[] = [
    ['echo >&3', 'ready'],
    ['echo ready >&3', 'ready'],
    ['printf "re" >&3; sleep 0.05; printf "ady" >&3; sleep 0.05; printf "\\n" >&3', 'ready'],
    ['printf "\\0\\377\\nmore\\nand more\\n" >&3', 'ready'],
    ['(sleep 0.1; echo >&3) & exec 3>&-', 'ready'],
    ['true', 'closed'],
    ['exec 3>&-; sleep 0.1', 'closed'],
    ['printf ready >&3', 'closed'],
    // It would end by SIGPIPE if nobody read on.
    ['echo >&3; sleep 0.1; head -c 1000000 /dev/zero >&3', 'ready'],
  ];
  for (const [command, event] of ROWS) {
    it(`tells "${event}" once of ${JSON.stringify(command)}`, async () => {
      assert.deepEqual(await eventsOf(command), [event]);
    });
  }

  it('tells nothing any more once it is closed, and leaves nothing open', async () => {
    const before = openDescriptors().length;
    const events: NotifyFdEvent[] = [];
    const channel = openNotifyFd({ native }, (event) => events.push(event));
    writeSync(channel.childEnd, '\n');
    channel.close();
    channel.close();
    channel.closeChildEnd();
    await new Promise(setImmediate);
    assert.deepEqual(events, []);
    for (const command of ['echo >&3', 'true']) await eventsOf(command);
    await waitFor(() => openDescriptors().length <= before, 'all descriptors to be closed');
  });

  it('may be closed from within', async () => {
    const before = openDescriptors().length;
    let channel: NotifyFd | null = null;
    const events: NotifyFdEvent[] = [];
    const onEvent = (event: NotifyFdEvent): void => {
      events.push(event);
      channel?.close();
    };
    channel = openNotifyFd({ native }, onEvent);
    writeSync(channel.childEnd, '\n');
    await waitFor(() => events.length > 0, 'the newline');
    channel = openNotifyFd({ native }, onEvent);
    channel.closeChildEnd();
    await waitFor(() => events.length > 1, 'the end');
    assert.deepEqual(events, ['ready', 'closed']);
    await waitFor(() => openDescriptors().length <= before, 'all descriptors to be closed');
  });

  it('fails with nothing left open', () => {
    const before = openDescriptors();
    const watchReadable = () => {
      throw systemError('ENOMEM', 'uv_poll_init');
    };
    assert.throws(() => openNotifyFd({ native: { ...native, watchReadable } }, () => undefined), { code: 'ENOMEM' });
    assert.deepEqual(openDescriptors(), before);
  });
});
