import type { InputForm } from '../../study/definition/input-form.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { NamedTensor, NamedTensors } from '../tensorflow/named-tensors.ts';
import { fromPyTorch, type TensorLayout, tensorLayouts } from './layouts.ts';

/** How a file's tensors fit a network. */
export interface FittedWeights {
  /** The network's tensors that come from the file, with our names and layouts. */
  weights: NamedTensors;
  /** The file's tensors that aren't used, each with the reason. */
  dropped: { name: string; reason: string }[];
  /** The network's tensors that are drawn from the seed: all those of its head, or none. */
  fresh: string[];
}

/** Weights of another network. The message names every tensor that doesn't fit. */
export class WeightsMismatchError extends Error {
  override name = 'WeightsMismatchError';
}

/**
 * Assigns a file's tensors to a network by name.
 *
 * We use PyTorch's names. Numbered layers (`conv.N`, `layers.N`, `fc.N`) may have gaps in their numbers, as in an
 * `nn.Sequential` with activations between them. A head (the dense layers after convolutions) is used completely or not
 * at all. If the file has another network's head, such as torchvision's for 1000 classes, it is dropped, and our head is
 * drawn from the seed. All other tensors must be present with the right shapes, and the file must have no others.
 *
 * @throws {WeightsMismatchError}
 */
export function fitWeights(tensors: NamedTensors, network: Network, input: InputForm): FittedWeights {
  const layouts = tensorLayouts(network, input);
  const file = renumbered(tensors);
  const isHead = headOf(network);
  const headFits = sameTensors(
    layouts.filter(({ name }) => isHead(name)),
    file,
    isHead,
  );
  const taken = layouts.filter(({ name }) => headFits || !isHead(name));

  const faults: string[] = [];
  const weights: NamedTensors = new Map();
  for (const layout of taken) {
    const { name, tensor } = file.get(layout.name) ?? {};
    if (tensor && sameShape(layout, tensor)) weights.set(layout.name, fromPyTorch(layout, tensor));
    else {
      const got = tensor
        ? `${show(tensor.shape)}${name === layout.name ? '' : `, as ${name}`}`
        : 'no such tensor';
      faults.push(`${layout.name}: expected ${show(layout.torchShape)}, got ${got}`);
    }
  }
  const wanted = new Set(taken.map(({ name }) => name));
  const dropped: FittedWeights['dropped'] = [];
  for (const [counted, { name, tensor }] of file) {
    if (wanted.has(counted)) continue;
    if (!isHead(counted)) faults.push(`${name}: the network has no such tensor`);
    else dropped.push({ name, reason: `${show(tensor.shape)} belongs to another network's head` });
  }
  if (faults.length > 0) {
    throw new WeightsMismatchError(
      `the weights don't fit the network ${JSON.stringify(network)}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    );
  }
  return { weights, dropped, fresh: layouts.flatMap(({ name }) => (weights.has(name) ? [] : [name])) };
}

// --- helpers ---

/** Recognises the tensors of a network's head. A dense network has no separate head. */
function headOf({ kind }: Network): (name: string) => boolean {
  const prefix = { dense: undefined, conv: 'layers.', resnet: 'fc.' }[kind];
  return (name) => prefix !== undefined && name.startsWith(prefix);
}

/** A tensor with its name in the file. */
interface Found {
  name: string;
  tensor: NamedTensor;
}

/** The file's tensors by the names they have once each group's layers are numbered without gaps. */
function renumbered(tensors: NamedTensors): Map<string, Found> {
  const numbers = new Map<string, Set<number>>();
  for (const name of tensors.keys()) {
    const [, group, number] = COUNTED.exec(name) ?? [];
    if (group !== undefined) numbers.set(group, (numbers.get(group) ?? new Set()).add(Number(number)));
  }
  const places = new Map(
    [...numbers].map(([group, found]) => [
      group,
      new Map([...found].sort((a, b) => a - b).map((number, place) => [number, place])),
    ]),
  );
  return new Map(
    [...tensors].map(([name, tensor]) => {
      const [, group = '', number, part] = COUNTED.exec(name) ?? [];
      const place = places.get(group)?.get(Number(number));
      const counted = place === undefined ? name : `${group}.${place}.${part}`;
      return [counted, { name, tensor }];
    }),
  );
}

const COUNTED = /^(conv|layers|fc)\.(0|[1-9]\d{0,3})\.(weight|bias)$/;

function sameTensors(
  layouts: TensorLayout[],
  file: ReadonlyMap<string, Found>,
  among: (name: string) => boolean,
): boolean {
  const found = [...file.keys()].filter(among);
  return (
    found.length === layouts.length &&
    layouts.every((layout) => {
      const found = file.get(layout.name);
      return found !== undefined && sameShape(layout, found.tensor);
    })
  );
}

function sameShape({ torchShape }: TensorLayout, { shape }: NamedTensor): boolean {
  return torchShape.join() === shape.join();
}

function show(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
