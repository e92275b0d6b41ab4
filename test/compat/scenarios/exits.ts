import { type Action, exited, running, type Scenario, signalProgram, write } from '../scenario.ts';
import { LEAVE } from './scripts.ts';

/** A program that is known to come back: once it has, the other one would have as well. */
const WITNESS = '[program:witness]\ncommand=sh leave witness.flag 0\ndirectory=%DIR%\nautorestart=true\n';
const STAYS_DOWN: readonly Action[] = [exited('x'), write('witness.flag'), running('witness', 2)];
const COMES_BACK: readonly Action[] = [exited('x'), running('x', 2)];

function leaving(name: string, options: string, end: string, comesBack: boolean): Scenario {
  return {
    name,
    config: `[program:x]\ncommand=sh leave flag ${end}\ndirectory=%DIR%\n${options}\n${comesBack ? '' : WITNESS}`,
    files: { leave: LEAVE },
    script: [
      running('x'),
      ...(comesBack ? [] : [running('witness')]),
      write('flag'),
      ...(comesBack ? COMES_BACK : STAYS_DOWN),
    ],
  };
}

type Mode = 'true' | 'false' | 'unexpected' | undefined;

/** Value of autorestart, how the program ends, whether it comes back. */
const MODES: readonly (readonly [mode: Mode, end: string, comesBack: boolean])[] = [
  [undefined, '0', false],
  [undefined, '3', true],
  ['false', '0', false],
  ['false', '3', false],
  ['false', 'KILL', false],
  ['unexpected', '0', false],
  ['unexpected', '3', true],
  ['unexpected', 'USR1', true],
  ['true', '0', true],
  ['true', '3', true],
  ['true', 'KILL', true],
];

/** List of exit codes, code of the exit, whether it comes back. */
const CODES: readonly (readonly [codes: string, end: string, comesBack: boolean])[] = [
  ['0,2', '2', false],
  ['2', '0', true],
  ['', '0', true],
  ['255', '255', false],
];

export const EXIT_SCENARIOS: readonly Scenario[] = [
  ...MODES.map(([mode, end, comesBack]) =>
    leaving(
      `autorestart ${mode ?? 'unset'} and an end with ${end}`,
      mode === undefined ? '' : `autorestart=${mode}`,
      end,
      comesBack,
    ),
  ),
  ...CODES.map(([codes, end, comesBack]) =>
    leaving(`exitcodes '${codes}' and an exit with ${end}`, `exitcodes=${codes}`, end, comesBack),
  ),
  {
    name: 'a program killed from outside',
    config: '[program:x]\ncommand=sleep 1000\n',
    script: [running('x'), signalProgram('x', 'SIGKILL'), exited('x'), running('x', 2)],
  },
  {
    name: 'a program ended from outside by a real-time signal',
    config: "[program:x]\ncommand=sh -c 'sleep 1.5; kill -40 $$'\nstartsecs=0\nautorestart=false\n",
    script: [exited('x')],
  },
  {
    name: 'a shutdown after a program has ended',
    config: '[program:x]\ncommand=sh leave flag 0\ndirectory=%DIR%\n',
    files: { leave: LEAVE },
    script: [running('x'), write('flag'), exited('x')],
  },
];
