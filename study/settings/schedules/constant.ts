import { z } from 'zod';
import { scheduleEntry } from './entry.ts';

export const constant = scheduleEntry({
  schema: z.strictObject({ kind: z.literal('constant') }).describe('The same learning rate in every epoch.'),
  rateAt: (_schedule, { learningRate }) => learningRate,
  inWords: () => 'constant rate',
});
