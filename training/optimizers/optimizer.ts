import type { Optimizer } from '../../study/definition/training-config.ts';
import { slotNames } from '../../study/settings/optimizers.ts';
import { adadelta } from './adadelta.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import { adamw } from './adamw.ts';
import { sgd } from './sgd.ts';
import type { UpdateRule } from './update-rule.ts';
import { withWeightDecay } from './weight-decay.ts';

type Rule = Omit<UpdateRule, 'slots'>;

/** Every optimizer that a configuration may name. */
const RULES: { [Kind in Optimizer['kind']]: (optimizer: Extract<Optimizer, { kind: Kind }>) => Rule } = {
  sgd,
  adagrad,
  adadelta,
  adam,
  adamw,
};

/** The update rule of an optimizer, with PyTorch's semantics and default constants. */
export function createUpdateRule(optimizer: Optimizer): UpdateRule {
  const create = RULES[optimizer.kind] as (optimizer: Optimizer) => Rule;
  const rule = { slots: slotNames(optimizer), ...create(optimizer) };
  // AdamW's decay is its own.
  if (optimizer.kind === 'adamw' || optimizer.weightDecay === undefined) return rule;
  return withWeightDecay(rule, optimizer.weightDecay);
}
