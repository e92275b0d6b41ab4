import { renderSample } from '../config/render.ts';

/** Prints the documented sample file. */
export function printSampleConfig(): void {
  process.stdout.write(renderSample());
}
