/** Which folder may import which: docs/architecture.md has the same as a table. */
const mayImport = {
  study: [],
  words: ['study'],
  temporal: [],
  training: ['study'],
  storage: ['study'],
  report: ['study', 'words'],
  workflows: ['study', 'words', 'temporal'],
  trainer: ['study', 'words', 'training', 'storage'],
  activities: ['study', 'training', 'storage', 'report', 'temporal', 'trainer'],
  workers: ['study', 'storage', 'workflows', 'activities', 'temporal', 'trainer'],
  infra: ['storage'],
  client: ['study', 'words', 'storage', 'report', 'infra', 'temporal', 'trainer'],
  bench: ['study', 'words', 'training', 'storage', 'trainer', 'infra', 'client'],
  // compare-with-torch.ts measures what a test checks.
  scripts: ['study', 'training', 'report', 'test'],
};

/** Whose types alone a folder may import besides. */
const mayImportTypes = {
  workflows: ['activities'],
  client: ['activities', 'workflows'],
};

/** Paths of this program and its workers on the disk, locks between processes, and folders, which any folder may import. */
const everywhere = '^(infra/(project|file-lock|make-folder)|workers/programs)\\.ts$';
const typesOnly = { dependencyTypesNot: ['type-only'] };
const folders = Object.keys(mayImport);
/** The parts of the engine that load no TensorFlow. */
const bytesAlone =
  '^training/((data|checkpoint|weights)/|tensorflow/(device-unavailable|out-of-memory)\\.ts|trace/not-traceable\\.ts)';

export default {
  forbidden: [
    ...folders.map((folder) => ({
      name: `${folder}-imports`,
      comment: `${folder}/ may import ${mayImport[folder].join(', ') || 'no other folder'}`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: {
        path: `^(${folders.join('|')}|test)/`,
        pathNot: [
          `^(${[folder, ...mayImport[folder], ...(mayImportTypes[folder] ?? [])].join('|')})/`,
          everywhere,
        ],
      },
    })),
    ...Object.entries(mayImportTypes).map(([folder, others]) => ({
      name: `${folder}-imports-types-only`,
      comment: `${folder}/ may import types of ${others.join(' and ')}, but no code`,
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: `^(${others.join('|')})/`, ...typesOnly },
    })),
    {
      name: 'trainer-by-its-front-door',
      comment:
        'other folders start trainers and know their protocol; how jobs are done is for trainer/ alone',
      severity: 'error',
      from: { pathNot: '^(trainer|bench|test)/' },
      to: {
        path: '^trainer/',
        pathNot:
          '^trainer/(protocol|start-trainer|trainer-pool|capacity|checkpoint-interval|deliberate-variables)\\.ts$',
      },
    },
    {
      name: 'pure-folders',
      comment: 'study/ and report/ do no I/O; workflows/ must be deterministic',
      severity: 'error',
      from: {
        path: '^(study|words|temporal|workflows|report)/',
        pathNot: '^study/trial/(trial-key|random-stream)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'workflows-without-hashing',
      comment: 'node:crypto is not there in the workflow sandbox',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^study/trial/(trial-key|random-stream)\\.ts$' },
    },
    {
      name: 'training-without-temporal-and-minio',
      severity: 'error',
      from: { path: '^(training|study)/' },
      to: { path: 'node_modules/(@temporalio|minio)' },
    },
    {
      name: 'tensorflow-in-trainers-only',
      comment: 'tfjs-node loads in trainer processes alone; others take messages and what is pure on bytes',
      severity: 'error',
      from: {
        path: '^(study|storage|activities|workers|trainer|client|infra|bench)/',
        pathNot: '^(trainer/jobs|bench/(programs|results))/',
      },
      to: { path: '^training/', pathNot: bytesAlone, ...typesOnly },
    },
    {
      name: 'storing-thread-without-jobs',
      comment: 'a process loads TensorFlow in one thread only, and jobs use it',
      severity: 'error',
      from: { path: '^trainer/storing/' },
      to: { path: '^trainer/jobs/', ...typesOnly },
    },
    {
      name: 'bytes-without-tensorflow',
      severity: 'error',
      from: { path: bytesAlone },
      to: { path: '^training/', pathNot: bytesAlone, ...typesOnly },
    },
    {
      name: 'test-images-for-the-final-test-alone',
      severity: 'error',
      from: { pathNot: '^(trainer/jobs/evaluate-test\\.ts|test/)' },
      to: { path: '^storage/inputs/test-images\\.ts$' },
    },
    {
      name: 'test-image-guard-inside-the-store-alone',
      severity: 'error',
      from: { pathNot: '^(storage/|test/)' },
      to: { path: '^storage/inputs/test-image-guard\\.ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: typesOnly } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist|\\.cache|\\.state)/' },
  },
};
