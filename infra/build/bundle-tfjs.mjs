// Plain JavaScript, as compiler.mjs.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** See training/tensorflow/tfjs-package.ts, which loads the bundle. */
const ENTRY = `
  import '@tensorflow/tfjs-core/dist/register_all_gradients';
  import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels';
  export * as tf from '@tensorflow/tfjs-core';
  export { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
  export { default as messages } from '@tensorflow/tfjs-node-gpu/dist/proto/api_pb';
`;

/**
 * Bundles tfjs's operations and its back end for Node, without the rest of tfjs.
 *
 * @param {string} root the project's folder.
 */
export async function bundleTfjs(root) {
  await build({
    stdin: { contents: ENTRY, resolveDir: root },
    outfile: join(root, 'dist', 'training', 'tensorflow', 'tfjs.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The ES modules of tfjs-core, which the gradients import too.
    mainFields: ['module', 'main'],
    alias: { '@tensorflow/tfjs': fileURLToPath(new URL('tfjs-for-node.cjs', import.meta.url)) },
    // Loaded for downloads only.
    external: ['node-fetch'],
    logLevel: 'silent',
  });
}
