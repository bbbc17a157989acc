import { availableParallelism, cpus, totalmem } from 'node:os';
import { run } from '../../infra/parts/commands.ts';
import { TENSORFLOW_CPU } from '../../infra/parts/pins.ts';

/** The machine a bench ran on. Its results hold for this machine. */
export interface Machine {
  cpu: string;
  cores: number;
  memoryGigabytes: number;
  /** Versions of the compared programs, by name. */
  versions: Record<string, string>;
}

/** @param python the peers' interpreter. */
export async function describeMachine(python: string): Promise<Machine> {
  const script = [
    'import importlib.metadata as m, platform',
    'print("Python", platform.python_version())',
    'for p in ("torch", "torchvision", "tensorflow-cpu", "keras", "ray", "optuna"): print(p, m.version(p))',
  ].join('\n');
  const lines = (await run(python, ['-c', script])).trim().split('\n');
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    versions: {
      Node: process.versions.node,
      'TensorFlow (ours)': TENSORFLOW_CPU.version,
      'tfjs-node': '4.22.0',
      ...Object.fromEntries(lines.map((line) => line.split(' '))),
    },
  };
}
