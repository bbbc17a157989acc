import { z } from 'zod';
import { scheduleEntry } from './entry.ts';

export const step = scheduleEntry({
  schema: z
    .strictObject({
      kind: z.literal('step'),
      every: z
        .number()
        .int()
        .min(1)
        .max(10_000)
        .describe('After how many epochs the learning rate falls, before the profile divides them.'),
      gamma: z.number().gt(0).max(1).describe('What the learning rate is multiplied by each time.'),
    })
    .describe("A learning rate that falls after every few epochs, as with PyTorch's StepLR."),
  rateAt({ every, gamma }, { learningRate, epoch }) {
    let rate = learningRate;
    // As PyTorch does, and not with a power, whose last bit may differ between versions of Node.
    for (let past = every; past < epoch; past += every) rate *= gamma;
    return rate;
  },
  inWords: ({ every, gamma }) => `rate × ${gamma} every ${every === 1 ? 'epoch' : `${every} epochs`}`,
  withEpochs: ({ every, ...schedule }, divided) => ({ ...schedule, every: divided(every) }),
});
