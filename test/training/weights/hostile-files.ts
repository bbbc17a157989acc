import { safetensors, strangers, zips } from './hostile/containers.ts';
import type { HostileFile } from './hostile/hostile-file.ts';
import { pickles } from './hostile/pickles.ts';
import { layouts, legacy } from './hostile/tensors.ts';

/** Files with false claims, calls, endless growth or missing parts. Each has a few kilobytes at most. */
export function hostileFiles(): HostileFile[] {
  return [...strangers(), ...safetensors(), ...zips(), ...pickles(), ...layouts(), ...legacy()];
}
