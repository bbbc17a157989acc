#!/usr/bin/env node
// Plain JavaScript: it must say clearly what is missing where TypeScript can't be loaded yet.
import { existsSync } from 'node:fs';
import { unsupportedNode } from '../infra/setup/supported-node.mjs';

const problem = existsSync(new URL('../node_modules/tsx', import.meta.url))
  ? unsupportedNode()
  : (unsupportedNode() ?? 'The npm packages are missing; run: npm ci');
if (problem) {
  console.error(problem);
  process.exit(1);
}
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./main.ts');
await main(process.argv);
// After a failure, calls to servers may still be under way.
process.exit();
