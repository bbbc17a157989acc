/**
 * The variables that a trainer's process starts with. The C library reads its own before `main`, and TensorFlow reads
 * the others when it loads.
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
