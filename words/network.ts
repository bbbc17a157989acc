import { type InputForm, valuesOf } from '../study/definition/input-form.ts';
import { resNetName } from '../study/definition/pretrained.ts';
import type { Network } from '../study/definition/training-config.ts';

/** A network by its hidden layers: `ResNet-50, blocks 3-4-6-3, width 64, dense 1024-256-64-16`. */
export function networkInBrief(network: Network): string {
  const dense = network.hidden.length === 0 ? 'no hidden layers' : `dense ${network.hidden.join('-')}`;
  switch (network.kind) {
    case 'dense':
      return dense;
    case 'conv':
      return `${network.convolutions.map(({ filters, kernel }) => `${kernel}×${kernel}×${filters}`).join(', ')}, ${dense}`;
    case 'resnet':
      return `${resNetName(network) ?? 'ResNet'}, ${resNetSize(network)}, ${dense}`;
  }
}

/** A network by all its layer sizes, from input to output: `dense 3072-512-256-10`. Equal if and only if the networks are. */
export function networkInFull(network: Network, input: InputForm): string {
  return `${layers(network, input)}${network.pretrained ? '; pretrained' : ''}`;
}

// --- helpers ---

type ResNet = Extract<Network, { kind: 'resnet' }>;
type Convolution = Extract<Network, { kind: 'conv' }>['convolutions'][number];

function layers(network: Network, input: InputForm): string {
  const dense = [...network.hidden, input.classes].join('-');
  switch (network.kind) {
    case 'dense':
      return `dense ${valuesOf(input)}-${dense}`;
    case 'conv':
      return `conv ${network.convolutions.map(convolution).join(', ')}; ${network.globalPool ? 'mean of pixels; ' : ''}dense ${dense}`;
    case 'resnet': {
      const features = network.width * (network.block === 'basic' ? 8 : 32);
      return `${resNetName(network) ?? 'ResNet'} (${resNetSize(network)}); dense ${features}-${dense}`;
    }
  }
}

function convolution({ filters, kernel, padding, stride, batchNorm, pool }: Convolution): string {
  return [
    `${kernel}×${kernel}→${filters}`,
    ...(padding ? [`pad ${padding}`] : []),
    ...(stride ? [`stride ${stride}`] : []),
    ...(batchNorm ? ['normalised'] : []),
    ...(pool === false ? ['not pooled'] : []),
  ].join(' ');
}

function resNetSize({ blocks, width, block, stem }: ResNet): string {
  const parts = [`${block ? `${block} ` : ''}blocks ${blocks.join('-')}`, `width ${width}`];
  return [...parts, ...(stem ? [`${stem} stem`] : [])].join(', ');
}
