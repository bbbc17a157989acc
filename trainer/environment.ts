import { deliberateVariables } from './deliberate-variables.ts';

/** What a trainer takes from its parent's environment. */
const INHERITED = [
  // Programs, libraries and folders. With the CUDA build, the first two name its parts.
  'PATH',
  'LD_LIBRARY_PATH',
  'HOME',
  'TMPDIR',
  'XDG_CACHE_HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'CUDA_VISIBLE_DEVICES',
  'NVIDIA_VISIBLE_DEVICES',
  // The object store, and the certificates of one that is reached by HTTPS.
  'S3_ENDPOINT',
  'S3_ACCESS_KEY',
  'S3_SECRET_KEY',
  'S3_SESSION_TOKEN',
  'S3_BUCKET',
  'S3_REGION',
  'NODE_EXTRA_CA_CERTS',
  'NODE_TLS_REJECT_UNAUTHORIZED',
  'SSL_CERT_DIR',
  'SSL_CERT_FILE',
  'STAGED_STUDY_CACHE',
  'STAGED_STUDY_CHECKPOINT_SECONDS',
  'STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS',
];

/**
 * A trainer's whole environment. What the parent has beside the list stays with it: a trainer needs none of its secrets,
 * and the settings of TensorFlow and oneDNN would change results. Those that the worker names on purpose are passed on.
 *
 * @param threads as for `processEnvironment`.
 * @param added has precedence.
 */
export function trainerProcessEnvironment(
  threads: number,
  added: Record<string, string> = {},
): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(inherited),
    ...deliberateVariables(process.env),
    ...processEnvironment(threads),
    ...added,
  };
}

/**
 * The variables that a trainer's process starts with for the sake of its results and speed. The C library reads its own
 * before `main`, and TensorFlow reads the others when it loads.
 *
 * @param threads of each of TensorFlow's two pools. Results depend on them, so they are the trial's.
 */
export function processEnvironment(threads: number): Record<string, string> {
  return {
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_CPP_MIN_LOG_LEVEL: process.env.TF_CPP_MIN_LOG_LEVEL ?? '2',
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: String(threads),
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    // Keeps freed memory in the process: returning it costs a step of ResNet-50 thousands of page faults.
    GLIBC_TUNABLES: [
      'glibc.malloc.hugetlb=1',
      'glibc.malloc.arena_max=1',
      'glibc.malloc.trim_threshold=1073741824',
      'glibc.malloc.mmap_threshold=1073741824',
    ].join(':'),
  };
}
