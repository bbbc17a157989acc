import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/lib'];
const NAMES = ['libtcmalloc.so.4', 'libtcmalloc_minimal.so.4'];

/** The library of Google's allocator, which PyTorch's guides recommend; undefined if it isn't installed. */
export function findTcmalloc(): string | undefined {
  return FOLDERS.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((file) =>
    existsSync(file),
  );
}
