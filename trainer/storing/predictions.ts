import { decodeSafetensors, encodeSafetensors } from '../../training/checkpoint/safetensors.ts';

const NAME = 'probabilities';

/** Class probabilities, [images, classes], as a safetensors file. */
export function encodePredictions(
  probabilities: Float32Array,
  classes: number,
  metadata: Record<string, string>,
): Uint8Array {
  const tensor = { shape: [probabilities.length / classes, classes], data: probabilities };
  return encodeSafetensors(new Map([[NAME, tensor]]), { ...metadata, content: 'predictions' });
}

/** @throws {Error} if the file holds no probabilities. */
export function decodePredictions(bytes: Uint8Array): Float32Array {
  const tensor = decodeSafetensors(bytes).tensors.get(NAME);
  if (!tensor) throw new Error(`predictions: expected a tensor "${NAME}", got none`);
  return tensor.data;
}
