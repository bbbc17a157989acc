import { CIFAR10_INPUT } from '../study/definition/input-form.ts';
import { asNetwork } from '../study/definition/planned-network.ts';
import type { Network } from '../study/definition/training-config.ts';
import { cifar10 } from '../study/shipped/cifar10.ts';

/** A network of the shipped study. */
export interface NamedNetwork {
  name: string;
  network: Network;
}

/** What the original report's ResNet-50 took over from its dense networks. */
export const REPORTED_RULE = [4];

export const BATCH_SIZES = [32, 128] as const;

/** All networks that the shipped study compares, in its order. */
export const allNetworks: readonly NamedNetwork[] = cifar10.stages.flatMap((stage) => {
  if (stage.kind !== 'compare') return [];
  return stage.candidates.flatMap(({ name, change }) =>
    change.network ? [{ name, network: asNetwork(change.network, CIFAR10_INPUT, REPORTED_RULE) }] : [],
  );
});

/** The default networks: small and large ones of each kind. */
const USUAL = ['MLP', 'relu_layer_div2', 'default_conv', 'simple_cnn', 'rn50'];
export const usualNetworks = allNetworks.filter(({ name }) => USUAL.includes(name));

/** Whether some of the usual networks are left out, so that what isn't about one network isn't measured either. */
export function isSelection(networks: readonly NamedNetwork[]): boolean {
  return !usualNetworks.every(({ name }) => networks.some((network) => network.name === name));
}
