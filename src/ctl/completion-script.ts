import type { ArgumentKind, Command } from './command.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** First word of each line of `status`: the names that commands take. */
const NAMES = "initvisorctl status 2>/dev/null | awk '$2 ~ /^[A-Z]+$/ {print $1}'";
const GROUPS = `${NAMES} | sed 's/:.*//' | sort -u`;

function namesOf(commands: readonly Command[], kind?: ArgumentKind): string[] {
  return commands
    .filter(({ name, args }) => name !== 'EOF' && (kind === undefined || args === kind))
    .map(({ name }) => name)
    .sort();
}

function renderBash(commands: readonly Command[]): string {
  return `_initvisorctl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  # "group:process" is one word.
  if declare -F _get_comp_words_by_ref >/dev/null; then _get_comp_words_by_ref -n : current; fi
  if [ "$COMP_CWORD" -eq 1 ]; then words="${namesOf(commands).join(' ')}"
  else
    case "\${COMP_WORDS[1]}" in
      ${namesOf(commands, 'processes').join('|')}) words="$(${NAMES}) all" ;;
      ${namesOf(commands, 'groups').join('|')}) words="$(${GROUPS})" ;;
      ${namesOf(commands, 'actions').join('|')}) words="${namesOf(commands).join(' ')}" ;;
      ${namesOf(commands, 'shells').join('|')}) words="${SHELLS.join(' ')}" ;;
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$current"; fi
}
complete -F _initvisorctl initvisorctl supervisorctl
`;
}

function renderZsh(commands: readonly Command[]): string {
  return `#compdef initvisorctl supervisorctl
_initvisorctl() {
  if (( CURRENT == 2 )); then
    compadd ${namesOf(commands).join(' ')}
    return
  fi
  case "$words[2]" in
    ${namesOf(commands, 'processes').join('|')}) compadd all \${(f)"$(${NAMES})"} ;;
    ${namesOf(commands, 'groups').join('|')}) compadd \${(f)"$(${GROUPS})"} ;;
    ${namesOf(commands, 'actions').join('|')}) compadd ${namesOf(commands).join(' ')} ;;
    ${namesOf(commands, 'shells').join('|')}) compadd ${SHELLS.join(' ')} ;;
  esac
}
compdef _initvisorctl initvisorctl supervisorctl
`;
}

function renderFish(commands: readonly Command[]): string {
  const rule = (kind: ArgumentKind, words: string): string =>
    `  complete -c $program -n '__fish_seen_subcommand_from ${namesOf(commands, kind).join(' ')}' -a "${words}"`;
  const first = namesOf(commands).join(' ');
  return `for program in initvisorctl supervisorctl
  complete -c $program -f
  complete -c $program -n '__fish_use_subcommand' -a '${first}'
${rule('processes', `all (${NAMES.replaceAll('$', '\\$')})`)}
${rule('groups', `(${GROUPS.replaceAll('$', '\\$')})`)}
${rule('actions', first)}
${rule('shells', SHELLS.join(' '))}
end
`;
}

const RENDERERS: ReadonlyMap<string, (commands: readonly Command[]) => string> = new Map([
  ['bash', renderBash],
  ['zsh', renderZsh],
  ['fish', renderFish],
]);

/** The script that completes commands and their arguments in a shell; null for one that is not known. */
export function renderCompletion(shell: string, commands: readonly Command[]): string | null {
  return RENDERERS.get(shell)?.(commands) ?? null;
}
