import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { INITS, OURS, runWith } from '../support/inits.ts';
import { CTRL_C, CTRL_D, CTRL_Z, startOnTerminal } from '../support/on-terminal.ts';
import { missing } from '../support/requirements.ts';

const SCRIPTS: Readonly<Record<string, string>> = {
  echoes: 'echo ready; exec cat',
  winches:
    'trap seen=1 WINCH; echo ready; stty rows 33; until [ "$seen" ]; do sleep 0.05; done; echo resized; exec sleep 1000',
  outer: '$INIT ./echoes; echo after; read line; echo got $line',
};

function prepare(dir: string): void {
  for (const [name, text] of Object.entries(SCRIPTS)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
}

const PROMPT = /PROMPT> $/;
const STOPPED = /Stopped.*PROMPT> $/s;

/** An interactive shell, in which `$INIT` runs a command. */
function startShell(t: TestContext, ...flags: readonly string[]) {
  const env = { INIT: runWith(OURS, [], ...flags).join(' '), PS1: 'PROMPT> ', TERM: 'dumb', LC_ALL: 'C' };
  return startOnTerminal(t, 'exec bash --norc --noprofile --noediting -i', { prepare, env });
}

/** Has the shell wait until a command of it tells it is so. */
const until = (condition: string) => `until ${condition}; do sleep 0.05; done; echo so it is | rev\r`;
const SO_IT_IS = /si ti os\s.*PROMPT> $/s;

const skip = missing('script');

for (const flags of [[], ['-g'], ['-c']]) {
  const how = ['initvisor', ...flags].join(' ');
  describe(`under a shell with job control, ${how}`, { skip }, () => {
    it('stops and goes on with its command', { timeout: 60_000 }, async (t) => {
      const { press } = startShell(t, ...flags);
      await press('', PROMPT);
      await press('$INIT ./echoes\r', /ready\r\n/);
      await press('one\r', /one\r\none\r\n/);
      await press(CTRL_Z, STOPPED);
      await press('fg\r', /INIT .*\r\n/);
      await press('two\r', /two\r\ntwo\r\n/);
      await press(CTRL_Z, STOPPED);
      await press('bg\r', PROMPT);
      // It asks for the terminal, which it has not in the background.
      await press(until('jobs -s | grep -q .'), SO_IT_IS);
      await press('fg\r', /INIT .*\r\n/);
      await press('three\r', /three\r\nthree\r\n/);
      await press(CTRL_C, PROMPT);
      await press('echo status $?\r', /status 130\r\n/);
    });

    it('leaves the terminal to the shell in the background', { timeout: 60_000 }, async (t) => {
      const { press } = startShell(t, ...flags);
      await press('', PROMPT);
      await press('$INIT sleep 1000 &\r', PROMPT);
      await press(until('[ "$(cat /proc/$!/task/$!/children)" ]'), SO_IT_IS);
      await press('fg\r', /INIT .*\r\n/);
      await press(CTRL_Z, STOPPED);
      await press('fg\r', /INIT .*\r\n/);
      await press(CTRL_C, PROMPT);
      await press('echo status $?\r', /status 130\r\n/);
    });

    it('leaves the terminal to a script that goes on after it', { timeout: 60_000 }, async (t) => {
      const { press } = startShell(t, ...flags);
      await press('', PROMPT);
      await press('./outer\r', /ready\r\n/);
      await press('one\r', /one\r\none\r\n/);
      await press(CTRL_Z, STOPPED);
      await press('fg\r', /outer\r\n/);
      await press('two\r', /two\r\ntwo\r\n/);
      await press(CTRL_D, /after\r\n/);
      await press('three\r', /got three\r\n/);
    });

    it('is one of several in a pipeline', { timeout: 60_000 }, async (t) => {
      const { press } = startShell(t, ...flags);
      await press('', PROMPT);
      await press('$INIT ./winches | cat\r', /ready\r\n.*resized\r\n/s);
      await press(CTRL_Z, STOPPED);
      await press('fg\r', /cat\r\n/);
      await press(CTRL_C, PROMPT);
      await press('echo status $?\r', /status 130\r\n/);
    });
  });
}

describe('under a shell with job control', { skip }, () => {
  it('another shell has its own jobs', { timeout: 60_000 }, async (t) => {
    const { press } = startShell(t);
    await press('', PROMPT);
    await press('PS1="INNER> " $INIT bash --norc --noprofile --noediting -i\r', /INNER> $/);
    await press('sleep 1000\r', /1000\r\n/);
    await press(CTRL_Z, /Stopped.*INNER> $/s);
    await press('fg\r', /1000\r\n/);
    await press(CTRL_C, /INNER> $/);
    await press('exit 5\r', PROMPT);
    await press('echo status $?\r', /status 5\r\n/);
  });

  it('SIGSTOP for the command gives the prompt back', { timeout: 60_000 }, async (t) => {
    const { press } = startShell(t);
    await press('', PROMPT);
    await press('$INIT sh -c "kill -STOP \\$\\$; echo on; exec cat"\r', STOPPED);
    await press('fg\r', /on\r\n/);
    await press(CTRL_D, PROMPT);
  });
});

describe('on a terminal of its own, as in a container', { skip }, () => {
  for (const init of INITS) {
    it(`the command has the terminal, with ${init.name}`, { skip: init.skip }, async (t) => {
      const program = startOnTerminal(t, `exec ${runWith(init, ['./echoes']).join(' ')}`, { prepare });
      await program.press('', /ready/);
      await program.press('one\r', /one\r\none\r\n/);
      await program.press(CTRL_C, /\^C/);
      assert.equal(await program.exited, 130);
    });
  }

  it('Ctrl-Z ends nothing, as there is nobody to go on', async (t) => {
    const program = startOnTerminal(t, `exec ${runWith(OURS, ['./echoes']).join(' ')}`, { prepare });
    await program.press('', /ready/);
    await program.press(CTRL_Z, /\^Z/);
    await program.press('two\r', /two\r\ntwo\r\n/);
    await program.press(CTRL_C, /\^C/);
    assert.equal(await program.exited, 130);
  });
});
