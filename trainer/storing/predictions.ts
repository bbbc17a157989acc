import { CLASSES } from '../../study/definition/network-shapes.ts';
import { decodeSafetensors, encodeSafetensors } from '../../training/checkpoint/safetensors.ts';

const NAME = 'probabilities';

/** Class probabilities, [images, 10], as a safetensors file. */
export function encodePredictions(probabilities: Float32Array, metadata: Record<string, string>): Uint8Array {
  const tensor = { shape: [probabilities.length / CLASSES, CLASSES], data: probabilities };
  return encodeSafetensors(new Map([[NAME, tensor]]), { ...metadata, content: 'predictions' });
}

/** @throws {Error} if the file holds no probabilities. */
export function decodePredictions(bytes: Uint8Array): Float32Array {
  const tensor = decodeSafetensors(bytes).tensors.get(NAME);
  if (!tensor) throw new Error(`predictions: expected a tensor "${NAME}", got none`);
  return tensor.data;
}
