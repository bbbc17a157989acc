/**
 * The optimizers: their settings, what they keep for each parameter, and their names. How one updates a parameter is in its file in
 * `training/optimizers/`.
 */
import { z } from 'zod';

/** An optimizer whose settings are those of `schema`. */
interface OptimizerEntry<Schema extends z.ZodObject = z.ZodObject> {
  schema: Schema;
  /** The tensors that it keeps for each parameter, with PyTorch's names. */
  slots: readonly string[];
  /** The optimizer, without weight decay: `SGD 0.9`. */
  inWords(optimizer: z.infer<Schema>): string;
}

const weightDecaySchema = z
  .number()
  .gt(0)
  .max(10)
  .optional()
  .describe(
    "What a step adds to each gradient: this many times the parameter, as PyTorch's `weight_decay` does. Left out: nothing.",
  );

const sgd = optimizer({
  schema: z
    .strictObject({
      kind: z.literal('sgd'),
      momentum: z.number().min(0).lt(1).describe('Fraction of the velocity that a step keeps.'),
      weightDecay: weightDecaySchema,
    })
    .describe("Stochastic gradient descent with momentum, as in PyTorch's SGD."),
  slots: ['momentum'],
  inWords: ({ momentum }) => `SGD ${momentum}`,
});

const adagrad = optimizer({
  schema: z
    .strictObject({ kind: z.literal('adagrad'), weightDecay: weightDecaySchema })
    .describe("As in PyTorch's Adagrad, with ε = 1e-10."),
  slots: ['sum'],
  inWords: () => 'Adagrad',
});

const adadelta = optimizer({
  schema: z
    .strictObject({ kind: z.literal('adadelta'), weightDecay: weightDecaySchema })
    .describe("As in PyTorch's Adadelta, with ρ = 0.9 and ε = 1e-6."),
  slots: ['square_avg', 'acc_delta'],
  inWords: () => 'Adadelta',
});

const adam = optimizer({
  schema: z
    .strictObject({ kind: z.literal('adam'), weightDecay: weightDecaySchema })
    .describe("As in PyTorch's Adam, with β = 0.9 and 0.999 and ε = 1e-8."),
  slots: ['exp_avg', 'exp_avg_sq'],
  inWords: () => 'Adam',
});

const adamw = optimizer({
  schema: z
    .strictObject({
      kind: z.literal('adamw'),
      weightDecay: z
        .number()
        .min(0)
        .max(10)
        .describe(
          "By how much a step shrinks each parameter before it's updated: by this many times the learning rate.",
        ),
    })
    .describe(
      "As in PyTorch's AdamW, with β = 0.9 and 0.999 and ε = 1e-8. PyTorch's own weight decay is 0.01.",
    ),
  slots: ['exp_avg', 'exp_avg_sq'],
  inWords: () => 'AdamW',
});

export const optimizerSchema = z
  .discriminatedUnion('kind', [sgd.schema, adagrad.schema, adadelta.schema, adam.schema, adamw.schema])
  .meta({ title: 'Optimizer', description: 'How a step changes the weights.' });

export type Optimizer = z.infer<typeof optimizerSchema>;

/** The tensors that an optimizer keeps for each parameter. Each has the parameter's shape. */
export function slotNames({ kind }: Pick<Optimizer, 'kind'>): readonly string[] {
  return ENTRIES[kind].slots;
}

/** An optimizer with its settings: `SGD 0.9, weight decay 0.0005`. */
export function optimizerInWords(value: Optimizer): string {
  const { inWords } = ENTRIES[value.kind] as OptimizerEntry;
  const { weightDecay } = value;
  return `${inWords(value)}${weightDecay === undefined ? '' : `, weight decay ${weightDecay}`}`;
}

// --- helpers ---

const ENTRIES: Record<Optimizer['kind'], OptimizerEntry> = { sgd, adagrad, adadelta, adam, adamw };

function optimizer<Schema extends z.ZodObject>(entry: OptimizerEntry<Schema>): OptimizerEntry<Schema> {
  return entry;
}
