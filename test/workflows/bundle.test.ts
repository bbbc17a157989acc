import { readFileSync } from 'node:fs';
import { expect, inject, it } from 'vitest';

const code = readFileSync(inject('workflowBundle'), 'utf8');

it.each(['studyWorkflow', 'stageWorkflow', 'trialWorkflow', 'promotedConfig', 'parseOverrides'])(
  'the bundle of the workflows has %s',
  (name) => {
    expect(code).toContain(name);
  },
);

it.each(['tfjs-node', 'node_modules/minio', 'createMinioStore', 'createHash', 'tfjs_binding', 'vega'])(
  'the bundle of the workflows has no %s',
  (name) => {
    expect(code).not.toContain(name);
  },
);
