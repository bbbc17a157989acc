import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { workflowsPath } from './namespace.ts';

it('bundles the workflows without TensorFlow, MinIO or Node modules', async () => {
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  for (const forbidden of [
    'tfjs-node',
    'node_modules/minio',
    'createMinioStore',
    'createHash',
    'tfjs_binding',
  ]) {
    expect(code).not.toContain(forbidden);
  }
});
