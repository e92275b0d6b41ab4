/** What is printed when the command line is too short. Source: supervisor/pidproxy.py usage, byte for byte. */
export function renderUsage(program: string): string {
  return `pidproxy -- run command and proxy signals to it via its pidfile.

This executable runs a command and then monitors a pidfile.  When this
executable receives a signal, it sends the same signal to the pid
in the pidfile.

Usage: ${program} <pidfile name> <command> [<cmdarg1> ...]

`;
}
