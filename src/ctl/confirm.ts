import type { Controller } from './controller.ts';

/** Whether to go on: without a person to ask always. */
export async function confirm(ctl: Controller, question: string): Promise<boolean> {
  if (!ctl.interactive) return true;
  return (await ctl.ask(question)).toLowerCase().startsWith('y');
}
