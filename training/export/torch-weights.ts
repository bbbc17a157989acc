import type { InputForm } from '../../study/definition/input-form.ts';
import type { Network } from '../../study/definition/training-config.ts';
import { encodeSafetensors } from '../checkpoint/safetensors.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import { tensorLayouts, toPyTorch } from '../weights/layouts.ts';

/** Encodes weights as a safetensors file with PyTorch's names and layouts; torchvision's for a ResNet. */
export function encodeTorchWeights(
  network: Network,
  input: InputForm,
  weights: NamedTensors,
  metadata: Record<string, string>,
): Uint8Array {
  const tensors: NamedTensors = new Map();
  for (const layout of tensorLayouts(network, input)) {
    const tensor = weights.get(layout.name);
    if (!tensor) throw new Error(`safetensors: expected the tensor ${layout.name}, got none`);
    tensors.set(layout.name, toPyTorch(layout, tensor));
  }
  // PyTorch's readers check the format.
  return encodeSafetensors(tensors, { format: 'pt', ...metadata });
}
