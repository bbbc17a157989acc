/** `npm run bench`: measures training next to its peers on this machine, and writes docs/bench.md and docs/bench.json. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { endWith } from '../client/command-line/exit-codes.ts';
import { interruption } from '../client/command-line/interruption.ts';
import { withFileLock } from '../infra/file-lock.ts';
import { projectRoot } from '../infra/project.ts';
import { ensureNativeParts } from '../infra/setup/native-parts.ts';
import { duration } from '../words/numbers.ts';
import { type BenchRequest, parseArguments } from './arguments.ts';
import type { BenchResults } from './bench-results.ts';
import { markdownOf } from './markdown.ts';
import { BATCH_SIZES } from './networks.ts';
import { benchCache, ensurePeers } from './peers.ts';
import { programsOf } from './programs.ts';
import { measureStudies } from './studies/measure-studies.ts';
import { measureEpochTimes, measureMemory } from './timing/epoch-times.ts';
import { measureFirstStep } from './timing/first-step.ts';
import { describeMachine } from './timing/machine.ts';
import { measureStepTimes } from './timing/step-times.ts';

try {
  const request = parseArguments(process.argv.slice(2));
  await mkdir(benchCache.native, { recursive: true });
  const onWait = ({ pid }: { pid: number }) =>
    console.error(`Another bench is running (process ${pid}); waiting for it.`);
  // Two benches at once would disturb each other.
  await withFileLock(join(benchCache.native, 'bench.lock'), onWait, () => bench(request));
} catch (error) {
  await endWith(error);
}

async function bench(request: BenchRequest): Promise<void> {
  const parts = await ensureNativeParts();
  const python = await ensurePeers();
  const signal = interruption();
  const programs = programsOf(parts, python);
  const started = Date.now();
  const log = (line: string) => console.error(`[${duration((Date.now() - started) / 1000)}] ${line}`);

  const steps: BenchResults['steps'] = [];
  const epochs: BenchResults['epochs'] = [];
  for (const network of request.networks) {
    for (const batchSize of BATCH_SIZES) {
      steps.push(await measureStepTimes(programs, network, batchSize, signal, log));
    }
    epochs.push(await measureEpochTimes(programs, network, signal, log));
  }
  const find = (wanted: string) => request.networks.find(({ name }) => name === wanted);
  const simple = find('simple_cnn');
  const resnet = find('rn50');
  const results: BenchResults = {
    command: request.command,
    startedAt: new Date(started).toISOString(),
    machine: await describeMachine(python),
    steps,
    epochs,
    firstStep: simple ? await measureFirstStep(parts, simple.network, signal, log) : null,
    studies: request.write ? await measureStudies(python, signal, log) : null,
    memory: resnet ? await measureMemory(programs, resnet, signal, log) : null,
    minutes: (Date.now() - started) / 60_000,
  };

  const text = markdownOf(results);
  console.log(text);
  if (!request.write) return;
  const docs = join(projectRoot, 'docs');
  await writeFile(join(docs, 'bench.md'), text);
  await writeFile(join(docs, 'bench.json'), `${JSON.stringify(results, null, 2)}\n`);
  console.error('Wrote docs/bench.md and docs/bench.json.');
}
