import { join } from 'node:path';
import { after, before } from 'node:test';
import { buildBaseImage, buildImage, removeImages } from './container.ts';
import { ROOT } from './daemon.ts';

/** Builds the image of an example for a suite, and removes it afterwards; returns how to get its name in a test. */
export function useExampleImage(example: string): () => string {
  let base = '';
  let image = '';
  before(async () => {
    base = await buildBaseImage();
    image = await buildImage(join(ROOT, 'examples', example), '--build-arg', `BASE=${base}`);
  });
  after(() => removeImages(image, base));
  return () => image;
}
