import { z } from 'zod';
import {
  convNetworkSchema,
  denseNetworkSchema,
  hiddenSchema,
  type Network,
  resnetNetworkSchema,
} from '../settings/networks.ts';
import type { InputForm } from './input-form.ts';
import { NetworkShapeError, networkShapes } from './network-shapes.ts';
import { nameSchema } from './text-schemas.ts';

/** As much of a stage as rules need. */
interface StageWithRules {
  name: string;
  candidates?: { change: { network?: PlannedNetwork | undefined } }[];
}

const denseRuleSchema = z
  .strictObject({
    divide: z
      .array(z.number().int().min(2).max(65_536))
      .min(1)
      .max(64)
      .describe('What the units are divided by, in turn; the quotient is rounded down.'),
    first: z
      .number()
      .int()
      .min(1)
      .max(65_536)
      .optional()
      .describe('The units of the first layer. Left out: the features that arrive are divided.'),
  })
  .meta({
    title: 'Dense rule',
    description:
      'Hidden dense layers, each of which has a part of the units of the one before, as long as that is more than ' +
      'there are classes. A trial has the layers that come out, and is the same as one whose layers are listed.',
  });

const takenRuleSchema = z
  .strictObject({
    ruleOf: nameSchema.describe(
      'An earlier `compare` stage. Its rule is that of the best-ranked candidate that has one.',
    ),
    first: denseRuleSchema.shape.first,
  })
  .meta({
    title: 'Taken rule',
    description: 'Hidden dense layers by the rule that an earlier stage showed to be the best.',
  });

const hidden = z
  .union([hiddenSchema, denseRuleSchema, takenRuleSchema])
  .describe(`${hiddenSchema.description} Or a rule that gives them.`);

/** A network as a study is written: dense layers may be given by a rule. */
export const plannedNetworkSchema = z
  .discriminatedUnion('kind', [
    denseNetworkSchema.extend({ hidden }).describe(denseNetworkSchema.description ?? ''),
    convNetworkSchema.extend({ hidden }).describe(convNetworkSchema.description ?? ''),
    resnetNetworkSchema.extend({ hidden }).describe(resnetNetworkSchema.description ?? ''),
  ])
  .meta({ title: 'Network', description: 'The network that is trained; at most 500,000,000 parameters.' });

export type DenseRule = z.infer<typeof denseRuleSchema>;
export type Divisors = readonly number[];
export type PlannedNetwork = z.infer<typeof plannedNetworkSchema>;

/** The divisors of a network's own rule; undefined if its layers are listed, or given by another stage's rule. */
export function ruleOf(planned: PlannedNetwork | undefined): Divisors | undefined {
  return planned && 'divide' in planned.hidden ? planned.hidden.divide : undefined;
}

/** The stage whose rule a network takes; undefined if it takes none. */
export function takesRuleOf(planned: PlannedNetwork | undefined): string | undefined {
  return planned && 'ruleOf' in planned.hidden ? planned.hidden.ruleOf : undefined;
}

/**
 * The network that is trained, with its layers listed.
 *
 * @param input the form of its examples.
 * @param taken the rule of the stage that the network takes it from, if it takes one.
 * @throws {NetworkShapeError} if a convolution leaves nothing, or if so few features arrive that a rule gives no layer.
 */
export function asNetwork(planned: PlannedNetwork, input: InputForm, taken?: Divisors): Network {
  const { hidden: layers, ...body } = planned;
  if (Array.isArray(layers)) return { ...planned, hidden: layers };
  const divide = 'divide' in layers ? layers.divide : taken;
  if (!divide) {
    throw new Error(`dense layers: expected a rule of the stage ${takesRuleOf(planned)}, it has none yet`);
  }
  const listed = layersByRule(divide, layers.first, body as Omit<Network, 'hidden'>, input);
  return { ...planned, hidden: listed };
}

/**
 * The networks that a planned one can be: one for each rule of the stage that it takes its rule from, otherwise one.
 *
 * @param stages the stages before.
 */
export function possibleNetworks(
  planned: PlannedNetwork,
  input: InputForm,
  stages: readonly StageWithRules[],
): Network[] {
  const stage = takesRuleOf(planned);
  if (stage === undefined) return [asNetwork(planned, input)];
  return rulesOf(stages.find(({ name }) => name === stage)).map((rule) => asNetwork(planned, input, rule));
}

/** The rules of a stage's candidates. */
export function rulesOf(stage: StageWithRules | undefined): Divisors[] {
  return (stage?.candidates ?? [])
    .map(({ change }) => ruleOf(change.network))
    .filter((rule) => rule !== undefined);
}

// --- helpers ---

function layersByRule(
  divide: Divisors,
  first: number | undefined,
  body: Omit<Network, 'hidden'>,
  input: InputForm,
): number[] {
  const layers = first === undefined ? [] : [first];
  let units = first ?? featuresOf(body, input);
  for (let turn = 0; ; turn++) {
    const divisor = divide[turn % divide.length] ?? 1;
    // The checks of a whole study run although one of its fields is at fault.
    if (divisor < 2)
      throw new NetworkShapeError(`a divisor of ${divisor} leaves units as they are; use 2 or more`);
    const quotient = Math.floor(units / divisor);
    if (quotient > input.classes) {
      layers.push(quotient);
      units = quotient;
    } else if (layers.length > 0) {
      return layers;
    } else {
      throw new NetworkShapeError(
        `${units} features, divided by ${divisor}, are not more than the ${input.classes} classes; use a smaller divisor`,
      );
    }
  }
}

/** How many features arrive at the dense layers. */
function featuresOf(body: Omit<Network, 'hidden'>, input: InputForm): number {
  const { layers } = networkShapes({ ...body, hidden: [1] } as Network, input);
  return layers.find(({ kind }) => kind === 'dense')?.input[0] as number;
}
