import type { ProcessConfig } from '../config.ts';
import { baseName } from './command.ts';
import type { Lint, LintedProgram } from './finding.ts';

/** Whether the shell makes way for the last command of a script by itself. Tried with dash, bash and busybox's. */
function makesWay(name: string, hasRedirection: boolean): boolean {
  if (name === 'bash') return !hasRedirection;
  return name === 'ash' || name === 'zsh' || name === 'ksh';
}

/** What is to end by itself is hardly ever stopped. */
const isJob = ({ oneshot, schedule, autorestart }: ProcessConfig) =>
  oneshot || schedule !== null || autorestart === 'false';

const HARM = 'stays in front of the program: signals and the exit status are its own, and Supervisor stops it alone';

function findMissingExec({ process, command }: LintedProgram): string | null {
  const { shell, words } = command;
  if (shell?.end.kind !== 'simple' || process.stopasgroup || isJob(process)) return null;
  const { text, hasRedirection } = shell.end;
  if (makesWay(shell.name, hasRedirection)) return null;
  const which = shell.name === 'sh' ? "sh (Debian's for one)" : shell.name;
  return `${which} ${HARM}; write exec before ${baseName(text.split(/\s/)[0]) || words[0]}`;
}

function findMissingGroup({ process, command }: LintedProgram): string | null {
  const { shell } = command;
  if (shell?.end.kind !== 'compound' || process.stopasgroup || isJob(process)) return null;
  return `${shell.name} ${HARM}; write stopasgroup=true`;
}

/** A shell in front of a program that could take its place. */
export const SHELL_WITHOUT_EXEC: Lint = { key: 'command', findInProgram: findMissingExec };

/** A shell that is needed, and is stopped without what it runs. */
export const SHELL_WITHOUT_GROUP: Lint = { key: 'command', findInProgram: findMissingGroup };

const OPERATORS = ['&&', '||', '|', '>', '>>', '2>&1', '>/dev/null', '2>/dev/null'];

/** Words with what is quoted in them blotted out: a quoted operator is meant as an argument. */
const bareWords = (command: string) =>
  command
    .replace(/'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]/g, '_')
    .trim()
    .split(/\s+/);

/** An operator of the shell's, which is a word like any other without one. */
export const OPERATOR_WITHOUT_SHELL: Lint = {
  key: 'command',
  findInProgram: ({ process, command }) => {
    const { words, shell } = command;
    if (shell !== null) return null;
    const bare = bareWords(process.command);
    const says = (operator: string) => `without a shell ${operator} is an argument of ${baseName(words[0])}`;
    const operator = bare.find((word) => OPERATORS.includes(word));
    if (operator !== undefined) return `${says(operator)}; write sh -c "…", with exec before the last command`;
    return bare.at(-1) === '&' ? `${says('&')}; leave it out, as a program has to stay in the foreground` : null;
  },
};

/** A wrapper of a server that lets no signal through. */
export const IGNORED_STOP: Lint = {
  key: 'command',
  findInProgram: ({ process, command }) => {
    const name = baseName(command.program[0]);
    if (process.stopasgroup || !/^(?:mysqld_safe|mariadbd-safe)$/.test(name)) return null;
    return `${name} ignores the stop signal, so that its server is killed; write stopasgroup=true, or pidproxy PIDFILE ${name}`;
  },
};
