#!/usr/bin/env node
// Plain JavaScript, because it checks what is missing before anything has been compiled.
import { existsSync } from 'node:fs';
import { compileIfStale } from '../infra/build/compile.mjs';
import { unsupportedNode } from '../infra/build/supported-node.mjs';

const problem =
  unsupportedNode() ??
  (existsSync(new URL('../node_modules/commander', import.meta.url))
    ? undefined
    : 'The npm packages are missing; run: npm ci');
if (problem) {
  console.error(problem);
  process.exit(1);
}
try {
  await compileIfStale();
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exit(1);
}
const { main } = await import(new URL('../dist/bundle/main.js', import.meta.url).href);
await main(process.argv);
// After a failure, pending calls to servers would keep the process alive.
process.exit();
