import type { Optimizer } from '../../study/definition/training-config.ts';
import type { Scalar, Tensor } from '../tensorflow/tensorflow.ts';
import { adadelta } from './adadelta.ts';
import { adagrad } from './adagrad.ts';
import { sgd } from './sgd.ts';

/** An update rule, as a function of tensors: nothing is changed in place. */
export interface UpdateRule {
  /** Names of the tensors kept for each parameter, of its shape, zero at the start. */
  slots: readonly string[];
  /** slots: in the order of their names. */
  update(parameter: Tensor, gradient: Tensor, slots: Tensor[], learningRate: Scalar): Updated;
}

interface Updated {
  parameter: Tensor;
  slots: Tensor[];
}

/** The update rule of an optimizer, with PyTorch's semantics and default constants. */
export function createUpdateRule(optimizer: Optimizer): UpdateRule {
  switch (optimizer.kind) {
    case 'sgd':
      return sgd(optimizer.momentum);
    case 'adagrad':
      return adagrad();
    case 'adadelta':
      return adadelta();
  }
}
