import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { describe, it } from 'node:test';
import { EVENT_PARENTS, type EventName } from '../../src/model/event-types.ts';
import { SIGNAL_ALIASES, SIGNAL_NUMBERS, signalName } from '../../src/model/signals.ts';
import { PROCESS_STATE_CODES, RUNNING_STATES, STOPPED_STATES } from '../../src/model/states.ts';

describe('the tables', () => {
  it('number signals as this system does, and name them back', () => {
    for (const [name, number] of Object.entries(constants.signals)) {
      // An alias, or one that Linux has never sent.
      const known = SIGNAL_ALIASES[name] ?? name;
      const entry = Object.entries(SIGNAL_NUMBERS).find(([each]) => each === known);
      if (entry === undefined) continue;
      assert.equal(entry[1], number, name);
      assert.equal(signalName(number), known);
    }
    assert.equal(signalName(0), undefined);
  });

  it('lead every event up to EVENT', () => {
    for (const name of Object.keys(EVENT_PARENTS) as EventName[]) {
      const seen = new Set<string>();
      let at: EventName | null = name;
      while (at !== null && at !== 'EVENT') {
        assert.ok(!seen.has(at), `${name} is its own ancestor`);
        seen.add(at);
        at = EVENT_PARENTS[at];
      }
      assert.equal(at, 'EVENT', name);
    }
  });

  it('have each state stopped, running or on its way down, and no code twice', () => {
    const names = Object.keys(PROCESS_STATE_CODES);
    for (const name of names) {
      const count = [STOPPED_STATES, RUNNING_STATES].filter((set) => [...set].some((each) => each === name)).length;
      assert.equal(count, name === 'STOPPING' ? 0 : 1, name);
    }
    assert.equal(new Set(Object.values(PROCESS_STATE_CODES)).size, names.length);
  });
});
