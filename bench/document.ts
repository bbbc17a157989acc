import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { projectRoot } from '../infra/project.ts';
import type { BenchDocument, SectionRun } from './bench-results.ts';
import { pageOf } from './page.ts';
import { type Machine, machineKey } from './timing/machine.ts';

const DOCS = join(projectRoot, 'docs');

/** @param folder has bench.json, unless nothing was measured yet. */
export async function readDocument(folder = DOCS): Promise<BenchDocument> {
  try {
    return JSON.parse(await readFile(join(folder, 'bench.json'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { machines: {} };
    throw error;
  }
}

/** The document with a section's run in the place of the machine's earlier one. */
export function withRun(
  { machines }: BenchDocument,
  machine: Machine,
  section: string,
  run: SectionRun,
): BenchDocument {
  const key = machineKey(machine);
  const sections = { ...machines[key]?.sections, [section]: run };
  return { machines: { ...machines, [key]: { machine, sections } } };
}

/** Writes bench.json and bench.md. Either is complete at any time, so that a run may be killed. */
export async function writeDocument(document: BenchDocument, folder = DOCS): Promise<void> {
  await replace(join(folder, 'bench.json'), `${JSON.stringify(document, null, 2)}\n`);
  await replace(join(folder, 'bench.md'), pageOf(document));
}

// --- helpers ---

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.new`;
  await writeFile(temporary, text);
  await rename(temporary, file);
}
