import { expect, it } from 'vitest';
import { CIFAR10_INPUT } from '../../study/definition/input-form.ts';
import { type Job, TrainerError, type TrainerEvent } from '../../trainer/protocol.ts';
import { startTrainer } from '../../trainer/start-trainer.ts';
import { fixturePath } from '../training/weights/fixtures.ts';
import { trainersOf } from './trainers.ts';

it('answers, or throws the failure that the trainer describes', async () => {
  const file = fixturePath('conv.pth');
  expect(await startTrainer({ kind: 'checkWeights', file, networks: [], input: CIFAR10_INPUT })).toEqual([]);
  const failed = startTrainer({
    kind: 'checkWeights',
    file: '/no/such/weights.pth',
    networks: [],
    input: CIFAR10_INPUT,
  });
  await expect(failed).rejects.toThrow(TrainerError);
  await expect(failed).rejects.toMatchObject({ kind: 'BadConfiguration' });
});

it('says how a trainer died, and gives its output', async () => {
  const logs: string[] = [];
  const onLog = async (log: string) => void logs.push(log);
  const killed = startTrainer(measure, { onEvent: killTrainers, onLog });
  await expect(killed).rejects.toMatchObject({
    name: 'TrainerError',
    kind: 'Killed',
    message: 'the trainer was killed by SIGKILL before its job was done. Its last output: (nothing)',
  });
  expect(logs).toEqual(['']);
});

it('says if a trainer died for lack of memory', async () => {
  const died = startTrainer(measure, { env: { NODE_OPTIONS: '--max-old-space-size=4' } });
  await expect(died).rejects.toMatchObject({
    kind: 'OutOfMemory',
    message: expect.stringMatching(
      /^the trainer had no memory left and was killed by SIGABRT\. .*heap out of memory/,
    ),
  });
});

it('stops a trainer, and throws the reason when its process has ended', async () => {
  const reason = new Error('enough');
  await expect(startTrainer(measure, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);

  const stop = new AbortController();
  const onEvent = () => stop.abort(reason);
  const stopped = startTrainer(measure, { signal: stop.signal, onEvent, stopGraceMs: 0 });
  await expect(stopped).rejects.toBe(reason);
  expect(trainersOf(process.pid)).toEqual([]);
});

// --- helpers ---

const measure: Job<'measure'> = { kind: 'measure', configs: [], input: CIFAR10_INPUT };

function killTrainers({ kind }: TrainerEvent): void {
  // Its first event, before it loads TensorFlow.
  if (kind !== 'alive') return;
  for (const { pid } of trainersOf(process.pid)) process.kill(pid, 'SIGKILL');
}
