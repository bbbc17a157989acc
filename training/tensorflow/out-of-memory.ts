/**
 * Whether an error, or what a process wrote before it died, means that the device or the machine has no memory left. In a
 * file that doesn't load TensorFlow.
 */
export function isOutOfMemory(error: unknown): boolean {
  return OUT_OF_MEMORY.test(error instanceof Error ? error.message : String(error));
}

// --- helpers ---

/**
 * TensorFlow's words (8 is its status RESOURCE_EXHAUSTED), those of CUDA's libraries, and those of C++ and Node, for an
 * array or for the heap.
 */
const OUT_OF_MEMORY =
  /Invalid TF_Status: 8\b|OOM when allocating|RESOURCE_?EXHAUSTED|OUT_OF_MEMORY|STATUS_ALLOC_FAILED|bad_alloc|Array buffer allocation failed|heap out of memory/i;
