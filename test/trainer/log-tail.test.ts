import { expect, it } from 'vitest';
import { LogTail } from '../../trainer/log-tail.ts';

function logOf(...texts: string[]): LogTail {
  const log = new LogTail();
  for (const text of texts) log.add(text);
  return log;
}

it('explains a death from the last line that mentions an error', () => {
  const log = logOf(
    'an error that was handled\n',
    'epoch 1\nFatal: out ',
    'of luck\n  at step 3\n\nof 10\nlater\n',
  );
  expect(log.text()).toContain('an error that was handled\nepoch 1\n');
  expect(log.explanation()).toBe('Fatal: out of luck |   at step 3 | of 10');
  expect(logOf('Aborted (core dumped)\n').explanation()).toBe('Aborted (core dumped)');
});

it('explains with the last lines if none mentions an error', () => {
  expect(logOf('1\n2\n3\n4\n').explanation()).toBe('2 | 3 | 4');
  expect(logOf().explanation()).toBe('');
});

it("leaves TensorFlow's notices out of an explanation", () => {
  const log = logOf(
    'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n',
    'I0000 00:00:1.2 3 port.cc:153] oneDNN custom operations are on: floating-point round-off errors\n',
    'E0000 00:00:1.2 3 util.cc:131] oneDNN supports DT_UINT8 only on platforms with AVX-512\n',
    '2026-01-01 00:00:00.1: W tensorflow/core/x.cc:1] no error\n',
  );
  expect(log.explanation()).toBe('');
});

it('explains why Node aborted, without the frames that follow', () => {
  const log = logOf(
    '[7:0x2e] 12 ms: Mark-Compact 3.6 (4.1) -> 3.6 (4.1) MB\n<--- JS stacktrace --->\n',
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n',
    '----- Native stack trace -----\n\n 1: 0xb9bc6f node::OOMErrorHandler(char const*) [node]\n 2: 0xa node::Abort() [node]\n',
  );
  expect(log.explanation()).toBe(
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  );
});

it('keeps only the end of a long output, and shortens a long explanation', () => {
  const log = logOf('beginning', 'é'.repeat(300_000), `error ${'x'.repeat(5_000)}end`);
  expect(log.text()).toHaveLength(256 * 1024);
  expect(log.text().endsWith('xend')).toBe(true);
  expect(log.text()).not.toContain('beginning');
  expect(log.explanation()).toHaveLength(1000);
});
