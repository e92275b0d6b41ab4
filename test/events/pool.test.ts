import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EventBus } from '../../src/events/bus.ts';
import type { ListenerLife } from '../../src/events/pool.ts';
import { EventPools } from '../../src/events/pools.ts';
import type { EventName } from '../../src/model/event-types.ts';

const READY = Buffer.from('READY\n');
const OK = Buffer.from('RESULT 2\nOK');
const FAIL = Buffer.from('RESULT 4\nFAIL');

interface Setup {
  readonly events?: readonly EventName[];
  readonly bufferSize?: number;
  readonly members?: readonly string[];
}

/** Pools without processes: what is written is kept, and any process can be down or have its stdin closed. */
class World {
  readonly log: string[] = [];
  readonly sent: { readonly id: string; readonly text: string }[] = [];
  readonly down = new Set<string>();
  readonly closed = new Set<string>();
  readonly bus = new EventBus(assert.ifError);
  readonly pools = new EventPools({
    subscribe: (names, handle) => this.bus.subscribe(names, handle),
    log: (level, text) => void this.log.push(`${level} ${text}`),
    identifier: () => 'box',
    onAnswer: () => undefined,
    isRunning: (id) => !this.down.has(id),
    write: (id, text) => {
      if (this.closed.has(id)) return 'closed';
      this.sent.push({ id, text });
      return 'sent';
    },
  });

  open(name: string, { events = ['EVENT'], bufferSize = 10, members = ['a'] }: Setup = {}): void {
    const named = members.map((member) => ({ id: `${name}:${member}`, name: member }));
    this.pools.open({ name, events, bufferSize, members: named });
  }

  begin(pool: string, member = 'a'): ListenerLife {
    return this.pools.beginLife(pool, `${pool}:${member}`) ?? assert.fail('no listener');
  }

  emit(payload: string, name: EventName = 'REMOTE_COMMUNICATION'): void {
    this.bus.emit(name, () => payload);
  }

  payloads(): string[] {
    return this.sent.map(({ text }) => text.slice(text.indexOf('\n') + 1));
  }

  warnings(): string[] {
    return this.log.filter((line) => !line.startsWith('debug'));
  }
}

describe('a pool of listeners', () => {
  it('tells what waits, in order, one event for each READY', () => {
    const world = new World();
    world.open('p');
    for (const payload of ['1', '2', '3']) world.emit(payload);
    const life = world.begin('p');
    assert.deepEqual(world.payloads(), []);
    life.receive(READY);
    assert.deepEqual(world.payloads(), ['1']);
    life.receive(Buffer.concat([OK, READY]));
    life.receive(Buffer.concat([OK, READY]));
    assert.deepEqual(world.payloads(), ['1', '2', '3']);
    assert.equal(
      world.sent[1]?.text,
      'ver:3.0 server:box serial:1 pool:p poolserial:1 eventname:REMOTE_COMMUNICATION len:1\n2',
    );
  });

  it('waits for the process to be RUNNING', () => {
    const world = new World();
    world.open('p');
    world.down.add('p:a');
    world.begin('p').receive(READY);
    world.emit('1');
    assert.deepEqual(world.payloads(), []);
    world.down.clear();
    world.pools.processChanged('p');
    assert.deepEqual(world.payloads(), ['1']);
  });

  it('numbers events in all pools and in each, and none that nobody takes', () => {
    const world = new World();
    world.open('ticks', { events: ['TICK'] });
    world.open('all', { events: ['EVENT', 'TICK', 'TICK_5'] });
    world.begin('ticks').receive(READY);
    const all = world.begin('all');
    world.emit('x');
    world.emit('when:5', 'TICK_5');
    for (let i = 0; i < 2; i++) all.receive(i === 0 ? READY : Buffer.concat([OK, READY]));
    const serials = world.sent.map(({ text }) =>
      /serial:(\d+) pool:(\w+) poolserial:(\d+)/.exec(text)?.slice(1).join(),
    );
    assert.deepEqual(serials, ['1,ticks,0', '0,all,0', '1,all,1']);
    world.pools.close('all');
    world.emit('y');
    assert.equal(world.sent.length, 3);
  });

  it('takes back what is rejected, answered badly or not at all', () => {
    for (const answer of [FAIL, Buffer.from('what?\n'), null]) {
      const world = new World();
      world.open('p', { members: ['a', 'b'] });
      world.open('other');
      const [a, b] = [world.begin('p', 'a'), world.begin('p', 'b')];
      a.receive(READY);
      world.emit('1');
      world.emit('2');
      if (answer === null) a.end();
      else a.receive(answer);
      b.receive(READY);
      assert.deepEqual(world.payloads(), ['1', '1']);
      assert.deepEqual(
        world.sent.map(({ id }) => id),
        ['p:a', 'p:b'],
      );
      assert.ok(world.log.includes('debug rebuffering event 0 for pool p (buf size=1, max=10)'));
      assert.doesNotMatch(world.log.join('\n'), /for pool other/);
    }
  });

  it('tries the next process when a stdin is closed, and keeps the event when all are', () => {
    const world = new World();
    world.open('p', { members: ['a', 'b'] });
    for (const member of ['a', 'b']) world.begin('p', member).receive(READY);
    world.closed.add('p:a').add('p:b');
    world.emit('1');
    world.closed.delete('p:b');
    world.emit('2');
    assert.deepEqual(
      world.sent.map(({ id }) => id),
      ['p:b'],
    );
    assert.deepEqual(world.payloads(), ['1']);
    assert.ok(world.log.includes('debug epipe occurred while sending event 0 to listener a, listener state unchanged'));
  });

  it('drops the oldest when too many wait', () => {
    const world = new World();
    world.open('p', { bufferSize: 1 });
    const life = world.begin('p');
    life.receive(READY);
    for (const payload of ['1', '2', '3']) world.emit(payload);
    life.receive(FAIL);
    life.receive(READY);
    assert.deepEqual(world.payloads(), ['1', '1']);
    assert.deepEqual(world.warnings(), [
      'error pool p event buffer overflowed, discarding event 1',
      'warn a: event was rejected',
      'error pool p event buffer overflowed, discarding event 2',
    ]);
  });

  it('believes the last words of a listener whose next life has begun', () => {
    const world = new World();
    world.open('p');
    const first = world.begin('p');
    first.receive(READY);
    world.emit('1');
    const second = world.begin('p');
    first.receive(OK);
    first.end();
    second.receive(READY);
    assert.deepEqual(world.payloads(), ['1']);
    world.emit('2');
    assert.deepEqual(world.payloads(), ['1', '2']);
  });

  it('goes on with what waits when its processes change, and begins anew with other events', () => {
    const world = new World();
    world.open('p');
    world.emit('1');
    world.open('p', { members: ['a', 'b'] });
    world.begin('p', 'b').receive(READY);
    assert.deepEqual(world.payloads(), ['1']);
    world.emit('2');
    world.open('p', { events: ['TICK'] });
    world.begin('p').receive(READY);
    world.emit('3');
    assert.deepEqual(world.payloads(), ['1']);
  });

  it('counts the length in characters, as listeners in Python read it', () => {
    const world = new World();
    world.open('p');
    world.begin('p').receive(READY);
    world.emit('héł😀');
    assert.match(world.sent[0]?.text ?? '', / len:4\nhéł😀$/);
  });
});

/** Well-behaved listeners take what is left. */
function takeAll(world: World, names: readonly string[], bufferSize: number): void {
  const lives = names.map((name) => world.begin('p', name));
  for (const life of lives) life.receive(READY);
  for (let round = 0; round < bufferSize; round++) {
    for (const life of lives) life.receive(Buffer.concat([OK, READY]));
  }
  // Whoever had nothing to answer is UNKNOWN by now; one that had, is not left with it.
  for (const life of lives) life.receive(OK);
}

describe('random listeners', () => {
  const said = fc.oneof(
    fc.constantFrom(READY, OK, FAIL, Buffer.concat([OK, READY]), Buffer.concat([FAIL, READY])),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: fc.constant({ kind: 'emit' } as const) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('say' as const), who: fc.nat(2), data: said }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), who: fc.nat(2) }) },
  );

  it('never make a pool lose, double or reorder an event', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 4 }), (steps, bufferSize) => {
        const world = new World();
        const names = ['a', 'b', 'c'];
        world.open('p', { members: names, bufferSize });
        const lives = names.map((name) => world.begin('p', name));
        let emitted = 0;
        for (const each of steps) {
          if (each.kind === 'emit') world.emit(String(emitted++));
          else if (each.kind === 'say') lives[each.who]?.receive(each.data);
          else {
            lives[each.who]?.end();
            lives[each.who] = world.begin('p', names[each.who]);
          }
        }
        for (const life of lives) life.end();
        takeAll(world, names, bufferSize);
        const discarded = world.log.flatMap((line) => /discarding event (\d+)/.exec(line)?.[1] ?? []);
        const processed = world.log.filter((line) => line.endsWith('event was processed')).length;
        const ever = new Set([...world.payloads(), ...discarded]);
        assert.equal(ever.size, emitted, 'each was sent or discarded');
        assert.equal(new Set(discarded).size, discarded.length, 'none was discarded twice');
        assert.equal(processed + discarded.length, emitted, 'each ended once: processed or discarded');
        const firsts = [...new Set(world.payloads())].map(Number);
        assert.deepEqual(
          firsts,
          [...firsts].sort((a, b) => a - b),
          'first deliveries are in order',
        );
      }),
      { numRuns: 500 },
    );
  });
});
