import { safetensors, strangers, zips } from './hostile/containers.ts';
import type { HostileFile } from './hostile/hostile-file.ts';
import { pickles } from './hostile/pickles.ts';
import { layouts, legacy } from './hostile/tensors.ts';

/** Files that lie, call, grow or break off, each a few kilobytes at most. */
export function hostileFiles(): HostileFile[] {
  return [...strangers(), ...safetensors(), ...zips(), ...pickles(), ...layouts(), ...legacy()];
}
