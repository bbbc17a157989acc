import { describe, expect, it } from 'vitest';
import {
  leastDisturbed,
  type Measurement,
  ProgramFailed,
  runProgram,
} from '../../../bench/timing/measure.ts';

const never = new AbortController().signal;

function node(script: string) {
  return { command: process.execPath, args: ['-e', script], env: process.env };
}

describe('runProgram', () => {
  it('returns the results that a program ends with', async () => {
    const script = `console.log('begin'); console.log('something else'); console.log('end {"milliseconds":[1,2]}')`;
    const { figures, disturbance } = await runProgram(node(script), never);
    expect(figures).toEqual({ milliseconds: [1, 2] });
    expect(Object.keys(disturbance)).toEqual(['others', 'lost']);
  });

  it.each([
    ['console.error("no compiler here"); process.exit(3)', /exit code 3\. no compiler here$/],
    ['process.kill(process.pid, "SIGKILL")', /killed by SIGKILL/],
    ['console.log("begin")', /exit code 0/],
    [`console.log('end {"seconds":1}'); process.exit(1)`, /exit code 1/],
  ])('fails with the end of the program’s output: %s', async (script, message) => {
    const failed = runProgram(node(script), never);
    await expect(failed).rejects.toThrow(ProgramFailed);
    await expect(failed).rejects.toThrow(message);
  });

  it('fails if there is no such program', async () => {
    const missing = { command: '/no/such/program', args: [], env: {} };
    await expect(runProgram(missing, never)).rejects.toThrow(/ENOENT/);
  });

  it('ends a program when the signal is aborted', async () => {
    const controller = new AbortController();
    const running = runProgram(node('setInterval(() => {}, 1000)'), controller.signal);
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    await expect(runProgram(node(''), controller.signal)).rejects.toThrow('enough');
  });
});

describe('leastDisturbed', () => {
  async function measured(...others: number[]) {
    const repeated: number[] = [];
    const left = others.entries();
    const measure = async (): Promise<Measurement<number>> => {
      const [index, share] = left.next().value as [number, number];
      return { figures: index, disturbance: { others: share, lost: 0 } };
    };
    const found = await leastDisturbed(measure, async ({ others }) => void repeated.push(others));
    return { found: found.figures, repeated };
  }

  it('returns the first undisturbed measurement', async () => {
    expect(await measured(0.01, 0)).toEqual({ found: 0, repeated: [] });
    expect(await measured(0.3, 0.02, 0)).toEqual({ found: 1, repeated: [0.3] });
  });

  it('measures three times at most, and returns the best', async () => {
    expect(await measured(0.3, 0.2, 0.4, 0)).toEqual({ found: 1, repeated: [0.3, 0.2] });
  });
});
