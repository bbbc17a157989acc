import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectRoot } from '../../infra/project.ts';

/** Runs a command of the command line to its end. */
export async function command(args: readonly string[]): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, ['client/staged-study.mjs', ...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const [code] = await once(child, 'close');
  return { code, printed };
}
