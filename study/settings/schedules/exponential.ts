import { z } from 'zod';
import { scheduleEntry } from './entry.ts';

export const exponential = scheduleEntry({
  schema: z
    .strictObject({
      kind: z.literal('exponential'),
      gamma: z.number().gt(0).max(1).describe('What the learning rate is multiplied by after every epoch.'),
    })
    .describe("A learning rate that decays after every epoch, as with PyTorch's ExponentialLR."),
  rateAt({ gamma }, { learningRate, epoch }) {
    let rate = learningRate;
    // As PyTorch does, and not with a power, whose last bit may differ between versions of Node.
    for (let past = 1; past < epoch; past++) rate *= gamma;
    return rate;
  },
  inWords: ({ gamma }) => `rate × ${gamma} an epoch`,
});
