import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventHandlers, type ListenerEvent, type ListenOptions, listen } from '../../src/listener/listen.ts';

const OK = 'RESULT 2\nOK';
const FAIL = 'RESULT 4\nFAIL';

/** One event on the wire, its length in characters as Supervisor counts. */
function wire(name: string, payload: string, length = [...payload].length): string {
  return `ver:3.0 server:supervisor serial:21 pool:listener poolserial:10 eventname:${name} len:${length}\n${payload}`;
}

/** A daemon that has sent all this already, and hung up. */
function daemonThatSays(...pieces: readonly (string | Uint8Array)[]) {
  // Not a stream, which would join the pieces.
  async function* input() {
    yield* pieces;
  }
  const said = { output: '', errors: '' };
  const options: ListenOptions = {
    input: input(),
    output: { write: (text) => (said.output += text) },
    errors: { write: (text) => (said.errors += text) },
  };
  return { options, said };
}

async function parse(name: string, payload: string): Promise<ListenerEvent | undefined> {
  for await (const event of listen(daemonThatSays(wire(name, payload)).options)) return event;
  return undefined;
}

const OF_CAT = 'processname:cat groupname:pets';
const CAT = { process: 'cat', group: 'pets' };

// name, payload, fields beyond name, header and payload
const EVENTS: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ['PROCESS_STATE_STARTING', `${OF_CAT} from_state:STOPPED tries:0`, { ...CAT, fromState: 'STOPPED', tries: 0 }],
  ['PROCESS_STATE_BACKOFF', `${OF_CAT} from_state:STARTING tries:2`, { ...CAT, fromState: 'STARTING', tries: 2 }],
  ['PROCESS_STATE_RUNNING', `${OF_CAT} from_state:STARTING pid:71`, { ...CAT, fromState: 'STARTING', pid: 71 }],
  ['PROCESS_STATE_STOPPING', `${OF_CAT} from_state:RUNNING pid:71`, { ...CAT, fromState: 'RUNNING', pid: 71 }],
  ['PROCESS_STATE_STOPPED', `${OF_CAT} from_state:BACKOFF pid:0`, { ...CAT, fromState: 'BACKOFF', pid: 0 }],
  [
    'PROCESS_STATE_EXITED',
    `${OF_CAT} from_state:RUNNING expected:0 pid:71`,
    { ...CAT, fromState: 'RUNNING', expected: false, pid: 71 },
  ],
  [
    'PROCESS_STATE_EXITED',
    `${OF_CAT} from_state:RUNNING expected:1 pid:71`,
    { ...CAT, fromState: 'RUNNING', expected: true, pid: 71 },
  ],
  ['PROCESS_STATE_FATAL', `${OF_CAT} from_state:BACKOFF`, { ...CAT, fromState: 'BACKOFF' }],
  ['PROCESS_STATE_UNKNOWN', `${OF_CAT} from_state:BACKOFF`, { ...CAT, fromState: 'BACKOFF' }],
  ['PROCESS_COMMUNICATION_STDOUT', `${OF_CAT} pid:71\nmeow:\n loud`, { ...CAT, pid: 71, data: 'meow:\n loud' }],
  ['PROCESS_COMMUNICATION_STDERR', `${OF_CAT} pid:71\n`, { ...CAT, pid: 71, data: '' }],
  ['PROCESS_LOG_STDOUT', `${OF_CAT} pid:71 channel:stdout\na\n`, { ...CAT, pid: 71, channel: 'stdout', data: 'a\n' }],
  ['PROCESS_LOG_STDERR', `${OF_CAT} pid:71 channel:stderr\nb`, { ...CAT, pid: 71, channel: 'stderr', data: 'b' }],
  ['REMOTE_COMMUNICATION', 'type:my own type\nx:y', { type: 'my own type', data: 'x:y' }],
  ['SUPERVISOR_STATE_CHANGE_RUNNING', '', {}],
  ['SUPERVISOR_STATE_CHANGE_STOPPING', '', {}],
  ['TICK_5', 'when:1795220100', { when: 1795220100 }],
  ['TICK_60', 'when:1795220100', { when: 1795220100 }],
  ['TICK_3600', 'when:1795219200', { when: 1795219200 }],
  ['PROCESS_GROUP_ADDED', 'groupname:pets\n', { group: 'pets' }],
  ['PROCESS_GROUP_REMOVED', 'groupname:pets\n', { group: 'pets' }],
];

describe('an event', () => {
  for (const [name, payload, fields] of EVENTS) {
    it(`${name} has the fields of its payload ${JSON.stringify(payload)}`, async () => {
      const { header, ...rest } = (await parse(name, payload)) ?? {};
      assert.deepEqual(rest, { name, payload, ...fields });
      assert.deepEqual(header, {
        version: '3.0',
        server: 'supervisor',
        serial: 21,
        pool: 'listener',
        poolSerial: 10,
        eventName: name,
      });
    });
  }

  for (const [name, payload] of [
    ['PLUGIN_EVENT', 'anything'],
    ['toString', 'anything'],
    ['PROCESS_STATE', 'an abstract one'],
    ['PROCESS_STATE_RUNNING', `${OF_CAT} from_state:STARTING`],
    ['PROCESS_STATE_EXITED', `${OF_CAT} from_state:RUNNING expected: pid:71`],
    ['PROCESS_STATE_FATAL', 'processname:cat from_state:BACKOFF'],
    ['PROCESS_GROUP_ADDED', '\n'],
    ['TICK_5', 'when:soon'],
    ['REMOTE_COMMUNICATION', ''],
  ] as const) {
    it(`${name} with ${JSON.stringify(payload)} is told as it came`, async () => {
      const event = await parse(name, payload);
      assert.deepEqual([event?.name, event?.header.eventName, event?.payload], ['OTHER', name, payload]);
    });
  }

  it('may name its words in any order', async () => {
    const { options } = daemonThatSays('len:5 eventname:REMOTE_COMMUNICATION pool:p serial:3\ntype:');
    for await (const event of listen(options)) {
      assert.equal(event.name, 'REMOTE_COMMUNICATION');
      assert.deepEqual([event.header.serial, event.header.pool, event.header.poolSerial], [3, 'p', 0]);
    }
  });

  it('that is none ends the loop with an error, as nothing after it can be told apart', async () => {
    for (const line of [
      'hello\n',
      'ver:3.0 eventname:TICK_5\n',
      'eventname:TICK_5 len:x\n',
      'eventname:TICK_5 len:-1\n',
    ]) {
      await assert.rejects(listen({}, daemonThatSays(line).options), /^Error: cannot read event: "/);
    }
  });
});

/** The events' names, each followed by what had been answered when it came. */
async function iterate(options: ListenOptions): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of listen(options)) seen.push(event.payload);
  return seen;
}

describe('iterating', () => {
  it('says READY, accepts each event when the next is asked for, and ends with the input', async () => {
    const { options, said } = daemonThatSays(wire('TICK_5', 'when:5'), wire('TICK_5', 'when:10'));
    const outputs: string[] = [];
    for await (const event of listen(options)) {
      assert.equal(event.name, 'TICK_5');
      outputs.push(said.output);
    }
    assert.deepEqual(outputs, ['READY\n', `READY\n${OK}READY\n`]);
    assert.equal(said.output, `READY\n${OK}READY\n${OK}READY\n`);
  });

  it('rejects the event at hand on request, and only that one', async () => {
    const { options, said } = daemonThatSays(wire('TICK_5', 'when:5'), wire('TICK_5', 'when:10'));
    const events = listen(options);
    for await (const event of events) if (event.payload === 'when:5') events.reject();
    assert.equal(said.output, `READY\n${FAIL}READY\n${OK}READY\n`);
  });

  it('leaves the event at hand to the next listener when the loop is left', async () => {
    const left = daemonThatSays(wire('TICK_5', 'when:5'));
    for await (const _ of listen(left.options)) break;
    assert.equal(left.said.output, `READY\n${FAIL}`);

    const thrown = daemonThatSays(wire('TICK_5', 'when:5'));
    const loop = async () => {
      for await (const _ of listen(thrown.options)) throw new Error('broken');
    };
    await assert.rejects(loop, /broken/);
    assert.equal(thrown.said.output, `READY\n${FAIL}`);
  });

  it('takes an event that comes byte by byte, characters of several bytes included', async () => {
    const bytes = Buffer.from(wire('REMOTE_COMMUNICATION', 'type:é€😀\n😀') + wire('TICK_5', 'when:5'));
    const { options } = daemonThatSays(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    assert.deepEqual(await iterate(options), ['type:é€😀\n😀', 'when:5']);
  });

  it('takes lengths in bytes where it is told so', async () => {
    const payload = 'type:é€😀\n😀';
    const bytes = Buffer.byteLength(payload);
    const { options } = daemonThatSays(wire('REMOTE_COMMUNICATION', payload, bytes), wire('TICK_5', 'when:5'));
    assert.deepEqual(await iterate({ ...options, lengthUnit: 'bytes' }), [payload, 'when:5']);
  });

  it('ends without an event where the input ends inside of one', async () => {
    for (const text of ['', 'ver:3.0 ', wire('TICK_5', 'when:5', 7)]) {
      const { options, said } = daemonThatSays(text);
      assert.deepEqual(await iterate(options), []);
      assert.equal(said.output, 'READY\n');
    }
  });
});

/** What the handlers were called with, one event of each of these kinds having come. */
async function called(names: readonly (keyof EventHandlers)[]): Promise<string[]> {
  const { options } = daemonThatSays(
    wire('PROCESS_STATE_FATAL', `${OF_CAT} from_state:BACKOFF`),
    wire('TICK_60', 'when:60'),
    wire('PLUGIN_EVENT', ''),
  );
  const calls: string[] = [];
  const handlers = names.map((name) => [name, (event: ListenerEvent) => calls.push(`${name}: ${event.name}`)]);
  await listen(Object.fromEntries(handlers), options);
  return calls;
}

describe('handlers', () => {
  it('are called by name, by the nearest parent, or for what nobody knows', async () => {
    assert.deepEqual(await called(['PROCESS_STATE_FATAL', 'EVENT']), [
      'PROCESS_STATE_FATAL: PROCESS_STATE_FATAL',
      'EVENT: TICK_60',
      'EVENT: OTHER',
    ]);
    assert.deepEqual(await called(['PROCESS_STATE', 'TICK', 'OTHER', 'EVENT']), [
      'PROCESS_STATE: PROCESS_STATE_FATAL',
      'TICK: TICK_60',
      'OTHER: OTHER',
    ]);
    assert.deepEqual(await called(['PROCESS_STATE_RUNNING']), []);
  });

  it('are waited for before the event is accepted', async () => {
    const { options, said } = daemonThatSays(wire('TICK_5', 'when:5'));
    let before = '';
    const handle = async () => {
      await new Promise(setImmediate);
      before = said.output;
    };
    await listen({ TICK_5: handle }, options);
    assert.equal(before, 'READY\n');
    assert.equal(said.output, `READY\n${OK}READY\n`);
  });

  it('reject an event by throwing, whatever they throw, and the listener goes on', async () => {
    const { options, said } = daemonThatSays(
      wire('TICK_5', 'when:5'),
      wire('TICK_60', 'when:60'),
      wire('TICK_3600', 'when:0'),
    );
    await listen(
      {
        TICK_5() {
          throw new Error('no disk');
        },
        TICK_60: () => Promise.reject('text'),
      },
      options,
    );
    assert.equal(said.output, `READY\n${FAIL}READY\n${FAIL}READY\n${OK}READY\n`);
    assert.match(said.errors, /^cannot handle TICK_5: Error: no disk\n +at .*\n(.*\n)*cannot handle TICK_60: text\n$/);
  });

  it('get events of the type that their name promises', async () => {
    const { options } = daemonThatSays(wire('PROCESS_STATE_EXITED', `${OF_CAT} from_state:RUNNING expected:0 pid:71`));
    const seen: unknown[] = [];
    await listen(
      {
        // These lines hold if they compile.
        PROCESS_STATE_EXITED: (event) => seen.push(event.pid + 1, event.expected satisfies boolean),
        PROCESS_STATE: (event) => event.fromState satisfies string,
        TICK: (event) => event.when satisfies number,
        EVENT: (event) => (event.name === 'REMOTE_COMMUNICATION' ? (event.data satisfies string) : null),
        OTHER: (event) => event.name satisfies 'OTHER',
      },
      options,
    );
    assert.deepEqual(seen, [72, false]);
  });
});
