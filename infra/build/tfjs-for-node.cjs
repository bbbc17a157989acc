// What stands for `@tensorflow/tfjs` in the bundle of bundle-tfjs.mjs: tfjs's operations, without layers, data, converter and
// the back ends for browsers. A CommonJS module, since esbuild copies all exports of another for each file that requires it.
const operations = require('@tensorflow/tfjs-core');

/** tfjs-node's back end inherits by calling this without `new`, which a class refuses. The original does nothing either. */
function KernelBackend() {}
KernelBackend.prototype = operations.KernelBackend.prototype;

module.exports = { ...operations, KernelBackend };
