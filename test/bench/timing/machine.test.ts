import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { describeMachine, machineKey, machineName } from '../../../bench/timing/machine.ts';

const cpuinfo = (flags: string) =>
  `processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nflags\t\t: fpu ${flags} sse\n\n`;

test('a machine is described by its processor and the instruction sets that matter', () => {
  const machine = describeMachine(cpuinfo('avx2 avx512f avx512_bf16').repeat(2));
  expect(machine).toMatchObject({
    cpu: 'AMD EPYC',
    family: 25,
    model: 17,
    instructions: ['AVX2', 'AVX-512', 'AVX-512 bf16'],
    cores: availableParallelism(),
  });
  expect(machineName({ ...machine, cores: 2, memoryGigabytes: 24 })).toBe(
    'AMD EPYC (family 25, model 17; AVX2, AVX-512, AVX-512 bf16), 2 cores, 24 GB',
  );
});

test('machines with other instruction sets are of another kind, those with more memory are not', () => {
  const [wide, narrow] = ['avx2 avx512f', 'avx2'].map((flags) => describeMachine(cpuinfo(flags)));
  expect(machineKey(wide!)).not.toBe(machineKey(narrow!));
  expect(machineKey({ ...wide!, memoryGigabytes: 999 })).toBe(machineKey(wide!));
});
