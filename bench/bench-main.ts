/** `npm run bench`: measures training beside its peers on this machine, and writes docs/bench.md and docs/bench.json. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { endWith } from '../client/command-line/exit-codes.ts';
import { interruption } from '../client/command-line/interruption.ts';
import { withFileLock } from '../infra/file-lock.ts';
import { ensureNativeParts } from '../infra/setup/native-parts.ts';
import { duration } from '../words/numbers.ts';
import { type BenchRequest, parseArguments } from './arguments.ts';
import type { BenchDocument } from './bench-results.ts';
import { readDocument, withRun, writeDocument } from './document.ts';
import { pageOf } from './page.ts';
import { benchCache, ensurePeers } from './peers.ts';
import { programsOf } from './programs.ts';
import type { Bench } from './sections/section.ts';
import { runsOf } from './sections/section-runs.ts';
import { describeCommit, describeMachine, describeVersions } from './timing/machine.ts';
import { untilQuiet } from './timing/machine-load.ts';
import { runProgram } from './timing/measure.ts';

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

async function bench({ networks, sections, allPeers, write, command }: BenchRequest): Promise<void> {
  const parts = await ensureNativeParts();
  const python = await ensurePeers();
  const machine = describeMachine();
  const about = { command, commit: await describeCommit(), versions: await describeVersions(python) };
  const started = Date.now();
  const signal = interruption();
  const tools: Bench = {
    networks,
    programs: programsOf({ parts, python, machine, allPeers }),
    parts,
    python,
    run: (program) => runProgram(program, signal),
    untilQuiet: () => untilQuiet(signal),
    signal,
    log: (line) => console.error(`[${duration((Date.now() - started) / 1000)}] ${line}`),
  };
  let results: BenchDocument = { machines: {} };
  try {
    for (const section of sections) {
      for await (const run of runsOf(section, tools, about)) {
        results = withRun(results, machine, section.name, run);
        if (write) await writeDocument(withRun(await readDocument(), machine, section.name, run));
      }
    }
  } finally {
    // Also what a run measured before it was cut off.
    console.log(pageOf(results));
    if (write) console.error('Wrote docs/bench.md and docs/bench.json.');
  }
}
