import { vi } from 'vitest';

/** Calls `use`, and returns its value and what it printed to standard output. */
export async function printing<T>(use: () => Promise<T>): Promise<{ value: T; text: string }> {
  let text = '';
  const log = vi.spyOn(console, 'log').mockImplementation((line) => {
    text += `${line}\n`;
  });
  try {
    return { value: await use(), text };
  } finally {
    log.mockRestore();
  }
}
