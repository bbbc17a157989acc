import { CLASSES, NetworkShapeError, networkShapes } from '../definition/network-shapes.ts';
import type { Network } from '../definition/training-config.ts';

/** Dense layers by a rule instead of a list: each has a part of the units of the one before, by these divisors in turn. */
export interface DenseRule {
  /** Whole numbers of 2 or more, at least one. */
  divide: readonly number[];
}

/** A network without its hidden dense layers. */
export type NetworkBody = Network extends infer Each
  ? Each extends Network
    ? Omit<Each, 'hidden'>
    : never
  : never;

/**
 * The units of the hidden layers that a rule gives: the features that arrive, divided in turn and rounded down, as long as that is
 * more than the number of classes. With `first`, this is the first layer, and what is divided.
 *
 * @throws {NetworkShapeError} if a convolution leaves nothing, or if so few features arrive that there would be no hidden layer.
 */
export function layersByRule({ divide }: DenseRule, body: NetworkBody, first?: number): number[] {
  const features = first ?? featuresOf(body);
  const layers = first === undefined ? [] : [first];
  for (let units = features, turn = 0; ; turn++) {
    units = Math.floor(units / (divide[turn % divide.length] as number));
    if (units <= CLASSES) break;
    layers.push(units);
  }
  if (layers.length > 0) return layers;
  throw new NetworkShapeError(
    `dense layers: ${features} features divided by ${divide[0]} are not more than the ${CLASSES} classes. Use a smaller divisor`,
  );
}

/** The rule of the best-ranked candidate that has one. @param ranked best first. */
export function bestRule(ranked: readonly { rule?: DenseRule }[]): DenseRule | undefined {
  return ranked.find(({ rule }) => rule)?.rule;
}

// --- helpers ---

function featuresOf(body: NetworkBody): number {
  const { layers } = networkShapes({ ...body, hidden: [1] } as Network);
  return layers.find(({ kind }) => kind === 'dense')?.input[0] as number;
}
