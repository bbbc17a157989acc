import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { LogTail } from '../../trainer/log-tail.ts';

async function logOf(script: string): Promise<LogTail> {
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = new LogTail(child);
  await once(child, 'close');
  return log;
}

it('keeps both outputs, and explains a death from the last line that mentions an error', async () => {
  const log = await logOf(`
    console.log('an error that was handled');
    console.log('epoch 1');
    console.log('Fatal: out of luck\\n  at step 3\\n\\nof 10\\nlater');
  `);
  expect(log.text()).toContain('an error that was handled\nepoch 1\n');
  expect(log.explanation()).toBe('Fatal: out of luck |   at step 3 | of 10');
  expect((await logOf(`console.error('Aborted (core dumped)')`)).explanation()).toBe('Aborted (core dumped)');
});

it('explains with the last lines if none mentions an error', async () => {
  expect((await logOf(`console.log('1\\n2\\n3\\n4')`)).explanation()).toBe('2 | 3 | 4');
  expect((await logOf('')).explanation()).toBe('');
});

it("leaves TensorFlow's notices out of an explanation", async () => {
  const log = await logOf(`
    console.error('WARNING: All log messages before absl::InitializeLog() is called are written to STDERR');
    console.error('I0000 00:00:1.2 3 port.cc:153] oneDNN custom operations are on: floating-point round-off errors');
    console.error('E0000 00:00:1.2 3 util.cc:131] oneDNN supports DT_UINT8 only on platforms with AVX-512');
    console.error('2026-01-01 00:00:00.1: W tensorflow/core/x.cc:1] no error');
  `);
  expect(log.explanation()).toBe('');
});

it('keeps only the end of a long output, and shortens a long explanation', async () => {
  const log = await logOf(`
    process.stdout.write('beginning' + 'é'.repeat(300_000) + 'error ' + 'x'.repeat(5_000) + 'end');
  `);
  expect(log.text()).toHaveLength(256 * 1024);
  expect(log.text().endsWith('xend')).toBe(true);
  expect(log.text()).not.toContain('beginning');
  expect(log.explanation()).toHaveLength(1000);
});
