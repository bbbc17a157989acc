import type { InputForm } from '../../study/definition/input-form.ts';
import type { TrainingConfig } from '../../study/definition/training-config.ts';
import type { NetworkFunction, NetworkTensor } from './network-function.ts';
import { resnet } from './resnet.ts';
import { sequential } from './sequential.ts';

/**
 * The network of a configuration.
 *
 * @param input the form of its examples.
 * @throws {NetworkShapeError} if a convolution or its pool would leave less than one pixel, or if it takes images and
 *   the data are a table.
 */
export function createNetwork(config: TrainingConfig, input: InputForm): NetworkFunction {
  return config.network.kind === 'resnet' ? resnet(config, config.network, input) : sequential(config, input);
}

/** All tensors of a network in the order of a checkpoint: the parameters, then the buffers. */
export function weightsOf({ parameters, buffers }: NetworkFunction): NetworkTensor[] {
  return [...parameters, ...buffers];
}
