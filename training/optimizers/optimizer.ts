import type { Optimizer } from '../../study/definition/training-config.ts';
import { adadelta } from './adadelta.ts';
import { adagrad } from './adagrad.ts';
import { sgd } from './sgd.ts';
import type { UpdateRule } from './update-rule.ts';

/** Every optimizer that a configuration may name. */
const RULES: { [Kind in Optimizer['kind']]: (optimizer: Extract<Optimizer, { kind: Kind }>) => UpdateRule } =
  { sgd, adagrad, adadelta };

/** The update rule of an optimizer, with PyTorch's semantics and default constants. */
export function createUpdateRule(optimizer: Optimizer): UpdateRule {
  const create = RULES[optimizer.kind] as (optimizer: Optimizer) => UpdateRule;
  return create(optimizer);
}
