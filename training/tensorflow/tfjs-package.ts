import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type * as TensorFlow from '@tensorflow/tfjs-node-gpu';

/** What the engine uses of tfjs-node's package. */
export interface TfjsPackage {
  tf: typeof TensorFlow;
  /** The messages of TensorFlow's files; tfjs-node has no types for them. */
  // biome-ignore lint/suspicious/noExplicitAny: see above.
  messages: any;
}

/**
 * Loads tfjs on TensorFlow's C library.
 *
 * Compiled code loads a bundle that `infra/build/bundle-tfjs.mjs` has left beside it: the package's own entry point also
 * loads layers, data, a converter and back ends for browsers, which takes as long as loading TensorFlow. Code that runs
 * from its source, in tests, loads the package.
 */
export function loadTfjsPackage(): TfjsPackage {
  const require = createRequire(import.meta.url);
  // Node 23 removed a function that tfjs-node 4.22 calls.
  const util = require('node:util') as { isNullOrUndefined?: (value: unknown) => boolean };
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;

  const bundle = fileURLToPath(new URL('tfjs.cjs', import.meta.url));
  if (existsSync(bundle)) return loadBundle(require, bundle);
  return { tf: require(PACKAGE), messages: require(`${PACKAGE}/dist/proto/api_pb.js`) };
}

// --- helpers ---

const PACKAGE = '@tensorflow/tfjs-node-gpu';

function loadBundle(require: NodeJS.Require, bundle: string): TfjsPackage {
  const { tf, messages, NodeJSKernelBackend } = require(bundle);
  const binding = require(`${PACKAGE}/lib/napi-v8/tfjs_binding.node`);
  tf.registerBackend('tensorflow', () => new NodeJSKernelBackend(binding, PACKAGE));
  if (!tf.setBackend('tensorflow')) throw new Error('TensorFlow does not answer');
  return { tf, messages };
}
