// Plain JavaScript, as compile.mjs.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

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
 * @param {string} root the folder of package.json.
 * @param {string} outfile
 */
export function bundleTfjs(root, outfile) {
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  buildSync({
    stdin: { contents: ENTRY, resolveDir: root },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // The ES modules of tfjs-core, which the gradients import too.
    mainFields: ['module', 'main'],
    alias: { '@tensorflow/tfjs': fileURLToPath(new URL('tfjs-for-node.mjs', import.meta.url)) },
    // Loaded for downloads only.
    external: ['node-fetch'],
    logLevel: 'error',
  });
}
