import type { InputReader } from '../os/input.ts';
import type { Controller } from './controller.ts';
import type { Registry } from './registry.ts';
import { runLine } from './run-line.ts';
import { createCompleter } from './shell-completion.ts';

/** Shows the status, then takes lines until `quit`, the end of the input or Ctrl-C. */
export async function runShell(ctl: Controller, registry: Registry, prompt: string, input: InputReader): Promise<void> {
  const interrupted = new Promise<'leave'>((resolve) => {
    // While a command runs; at the prompt the reader tells.
    ctl.host.onInterrupt(() => resolve('leave'));
  });
  let outcome = await Promise.race([runLine(ctl, registry, 'status'), interrupted]);
  while (outcome === 'stay') {
    const line = await input.readLine(`${prompt}> `, createCompleter(ctl, registry));
    if (line.kind === 'interrupt') break;
    const text = line.kind === 'end' ? 'EOF' : line.text;
    outcome = await Promise.race([runLine(ctl, registry, text), interrupted]);
    if (outcome === 'leave') return;
  }
  ctl.print('');
}
