import type { NetworkFunction } from '../networks/network-function.ts';
import type { UpdateRule } from './update-rule.ts';

/** All tensors that an optimizer keeps for a network. */
export function slotsOf(network: NetworkFunction, rule: UpdateRule): { name: string; shape: number[] }[] {
  return network.parameters.flatMap(({ name, shape }) =>
    rule.slots.map((slot) => ({ name: slotName(name, slot), shape })),
  );
}

export function slotName(parameter: string, slot: string): string {
  return `${parameter}.${slot}`;
}
