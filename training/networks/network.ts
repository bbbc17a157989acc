import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { NetworkFunction, NetworkTensor } from './network-function.ts';
import { resnet } from './resnet.ts';
import { sequential } from './sequential.ts';

/**
 * The network of a configuration.
 *
 * @throws {NetworkShapeError} if a convolution or its pool would leave less than one pixel.
 */
export function createNetwork(config: TrainingConfig): NetworkFunction {
  return config.network.kind === 'resnet' ? resnet(config, config.network) : sequential(config);
}

/** All tensors of a network in the order of a checkpoint: the parameters, then the buffers. */
export function weightsOf({ parameters, buffers }: NetworkFunction): NetworkTensor[] {
  return [...parameters, ...buffers];
}
