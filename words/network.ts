import { type InputForm, valuesOf } from '../study/definition/input-form.ts';
import { isResNet50 } from '../study/definition/pretrained.ts';
import type { Network } from '../study/definition/training-config.ts';

/** A network by its hidden layers: `ResNet-50, blocks 3-4-6-3, width 64, dense 1024-256-64-16`. */
export function networkInBrief(network: Network): string {
  const dense = `dense ${network.hidden.join('-')}`;
  switch (network.kind) {
    case 'dense':
      return dense;
    case 'conv':
      return `${network.convolutions.map(({ filters, kernel }) => `${kernel}×${kernel}×${filters}`).join(', ')}, ${dense}`;
    case 'resnet':
      return `${resNetName(network)}, ${resNetSize(network)}, ${dense}`;
  }
}

/** A network by all its layer sizes, from input to output: `dense 3072-512-256-10`. Equal if and only if the networks are. */
export function networkInFull(network: Network, input: InputForm): string {
  return `${layers(network, input)}${network.pretrained ? '; pretrained' : ''}`;
}

// --- helpers ---

type ResNet = Extract<Network, { kind: 'resnet' }>;

function layers(network: Network, input: InputForm): string {
  const dense = [...network.hidden, input.classes].join('-');
  switch (network.kind) {
    case 'dense':
      return `dense ${valuesOf(input)}-${dense}`;
    case 'conv': {
      const convolutions = network.convolutions.map(
        ({ filters, kernel, padding }) => `${kernel}×${kernel}→${filters}${padding ? ` pad ${padding}` : ''}`,
      );
      return `conv ${convolutions.join(', ')}; dense ${dense}`;
    }
    case 'resnet':
      return `${resNetName(network)} (${resNetSize(network)}); dense ${network.width * 32}-${dense}`;
  }
}

function resNetName(network: ResNet): string {
  return isResNet50(network) ? 'ResNet-50' : 'ResNet';
}

function resNetSize({ blocks, width }: ResNet): string {
  return `blocks ${blocks.join('-')}, width ${width}`;
}
