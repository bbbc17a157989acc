// What stands for `@tensorflow/tfjs` in the bundle of bundle-tfjs.mjs: tfjs's operations, without layers, data, converter and
// the back ends for browsers.
import { KernelBackend as Backend } from '@tensorflow/tfjs-core';

export * from '@tensorflow/tfjs-core';

/** tfjs-node's back end inherits by calling this without `new`, which a class refuses. The original does nothing either. */
export function KernelBackend() {}
KernelBackend.prototype = Backend.prototype;
