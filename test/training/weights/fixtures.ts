import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Network } from '../../../study/definition/training-config.ts';
import step from './fixtures/step.json' with { type: 'json' };

/** The network of the fixtures `imagenet` and `fine-tuned`. */
export const fixtureNetwork: Network = {
  kind: 'resnet',
  blocks: step.blocks,
  width: step.width,
  hidden: step.hidden,
};

/** The path of a file that make-weights.py wrote. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
}

/** Its content. */
export function fixture(name: string): Buffer {
  return readFileSync(fixturePath(name));
}
