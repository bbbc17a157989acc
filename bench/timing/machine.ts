import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { run } from '../../infra/parts/commands.ts';
import { TENSORFLOW_CPU } from '../../infra/parts/pins.ts';
import { projectRoot } from '../../infra/project.ts';

/** The machine a bench ran on. Its results hold for this kind of machine. */
export interface Machine {
  cpu: string;
  family: number;
  model: number;
  /** Of the instruction sets that matter for training: those that it has. */
  instructions: string[];
  cores: number;
  memoryGigabytes: number;
}

/** By the name of a flag in /proc/cpuinfo. */
const INSTRUCTIONS = {
  avx2: 'AVX2',
  avx512f: 'AVX-512',
  avx512_bf16: 'AVX-512 bf16',
  amx_bf16: 'AMX bf16',
};

/** Instruction sets that multiply bfloat16. */
export const BFLOAT16 = ['AVX-512 bf16', 'AMX bf16'];

/** @param cpuinfo the text of /proc/cpuinfo. */
export function describeMachine(cpuinfo = readFileSync('/proc/cpuinfo', 'utf8')): Machine {
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(cpuinfo)?.[1] ?? '';
  const flags = new Set(field('flags').split(' '));
  return {
    cpu: field('model name'),
    family: Number(field('cpu family')),
    model: Number(field('model')),
    instructions: Object.entries(INSTRUCTIONS).flatMap(([flag, name]) => (flags.has(flag) ? [name] : [])),
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  };
}

export function machineName({ cpu, family, model, instructions, cores, memoryGigabytes }: Machine): string {
  return `${cpu} (family ${family}, model ${model}; ${instructions.join(', ')}), ${cores} cores, ${memoryGigabytes} GB`;
}

/** Machines with equal keys are of one kind; the size of the memory doesn't matter. */
export function machineKey({ cpu, family, model, instructions, cores }: Machine): string {
  return [cpu, `family ${family}`, `model ${model}`, ...instructions, `${cores} cores`].join(', ');
}

/**
 * @param python the peers' interpreter.
 * @returns versions by name.
 */
export async function describeVersions(python: string): Promise<Record<string, string>> {
  const script = [
    'import importlib.metadata as m, platform',
    'print("Python", platform.python_version())',
    'for p in ("torch", "tensorflow-cpu", "keras", "jax", "ray", "optuna"): print(p, m.version(p))',
  ].join('\n');
  const lines = (await run(python, ['-c', script])).trim().split('\n');
  return {
    Node: process.versions.node,
    'TensorFlow (ours)': TENSORFLOW_CPU.version,
    ...Object.fromEntries(lines.map((line) => line.split(' '))),
  };
}

/** This project's commit, and whether files outside docs/ have changed since. `unknown` without git. */
export async function describeCommit(): Promise<string> {
  try {
    const git = (...args: string[]) => run('git', args, { cwd: projectRoot });
    const commit = (await git('rev-parse', '--short', 'HEAD')).trim();
    const changes = await git('status', '--porcelain', '--', '.', ':!docs');
    return changes.trim() === '' ? commit : `${commit} with changes`;
  } catch {
    return 'unknown';
  }
}
