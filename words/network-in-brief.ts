import type { Network } from '../study/definition/training-config.ts';

/** A network in a few words: `ResNet, blocks 3-4-6-3, width 64, dense 1024-256-64-16`. */
export function describeNetwork(network: Network): string {
  const hidden = network.hidden.join('-');
  switch (network.kind) {
    case 'dense':
      return `dense ${hidden}`;
    case 'conv':
      return `${network.convolutions.map(({ filters, kernel }) => `${kernel}×${kernel}×${filters}`).join(', ')}, dense ${hidden}`;
    case 'resnet':
      return `ResNet, blocks ${network.blocks.join('-')}, width ${network.width}, dense ${hidden}`;
  }
}
