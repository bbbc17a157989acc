import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { compiledProgram, projectRoot } from '../infra/project.ts';

/**
 * The workflows and all that they import as one text, which is what a worker runs. Making it takes 2.5 s of processor
 * time, so it is kept until a source changes.
 *
 * @param folder where it is kept. If it can't be written there, it is made each time.
 * @param sources describes the sources that `dist/` was compiled from.
 */
export async function workflowBundle(
  folder = join(projectRoot, 'dist', 'workflow-bundle'),
  sources = compiledSources(),
): Promise<{ code: string }> {
  const file = join(folder, 'bundle.json');
  const version = await sources;
  const kept = await readKept(file);
  if (version !== undefined && kept?.version === version) return { code: kept.code };
  const index = compiledProgram('workflows/index');
  const { code } = await bundleWorkflowCode({
    workflowsPath: index,
    workflowInterceptorModules: [index],
    logger: new DefaultLogger('ERROR'),
  });
  if (version !== undefined) await keep(folder, file, { version, code });
  return { code };
}

// --- helpers ---

interface Kept {
  version: string;
  code: string;
}

/** @returns undefined for an installed package, which nobody compiles. */
function compiledSources(): Promise<string | undefined> {
  return readFile(join(projectRoot, 'dist', '.sources'), 'utf8').catch(() => undefined);
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function keep(folder: string, file: string, bundle: Kept): Promise<void> {
  const draft = join(folder, randomUUID());
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, JSON.stringify(bundle));
    await rename(draft, file);
  } catch {
    // The folder belongs to another user, or its disk is full: a worker starts without it.
  }
}
