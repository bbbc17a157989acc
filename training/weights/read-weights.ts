import type { WeightsOrigin } from '../../study/record/record.ts';
import { readHeader } from '../checkpoint/safetensors-header.ts';
import type { NamedTensor, NamedTensors } from '../tensorflow/named-tensors.ts';
import {
  checkBounds,
  DTYPE_BYTES,
  type Dtype,
  type RawTensor,
  rowMajorStrides,
  sizeOf,
  toFloat32,
} from './raw-tensor.ts';
import { isTorchLegacy, readTorchLegacy, readTorchZip } from './torch-files.ts';
import { WeightsError } from './weights-error.ts';

/** What a file of weights holds. */
export interface WeightsFile {
  format: WeightsOrigin['format'];
  /** As float32, named and laid out as PyTorch has them, in the order of their names. */
  tensors: NamedTensors;
  /** Names of tensors of whole numbers: counters such as `bn1.num_batches_tracked`. Their values are not kept. */
  counters: string[];
  /** Of a safetensors file. */
  metadata: Record<string, string>;
}

/**
 * Reads a file of weights: safetensors, or a state dict of torch.save in either of its formats, told by how it begins. Float
 * tensors of 16, 32 and 64 bits become float32.
 *
 * Nothing in the file is trusted. Memory is bounded by its length: the tensors together may have at most twice as many
 * values as the file holds.
 *
 * @throws {WeightsError} for whatever is not such a file, and for values that are no finite numbers.
 */
export function readWeights(bytes: Uint8Array): WeightsFile {
  const { format, tensors: raw, metadata = {} } = readTensors(bytes);
  if (raw.length === 0) throw new WeightsError(format, 'end', 'expected tensors, got none');
  if (raw.length > MAX_TENSORS) {
    throw new WeightsError(format, 'end', `expected at most ${MAX_TENSORS} tensors, got ${raw.length}`);
  }
  const unnamable = raw.find(({ name }) => !NAME.test(name));
  if (unnamable) {
    throw new WeightsError(
      format,
      unnamable.name,
      'expected a name of at most 128 letters, digits, "_", "-" and "."',
    );
  }
  const claimed = raw.reduce((sum, { dtype, shape }) => sum + sizeOf(shape) * DTYPE_BYTES[dtype], 0);
  if (claimed > 2 * bytes.length) {
    throw new WeightsError(
      format,
      'end',
      `its tensors would take ${claimed} bytes, out of a file of ${bytes.length}; they share values`,
    );
  }
  const floats = raw.filter(({ dtype }) => dtype !== 'int64').sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    format,
    tensors: new Map(floats.map((tensor): [string, NamedTensor] => [tensor.name, toFloat32(format, tensor)])),
    counters: raw.filter(({ dtype }) => dtype === 'int64').map(({ name }) => name),
    metadata,
  };
}

// --- helpers ---

/** Four times what ResNet-152 has. */
const MAX_TENSORS = 4_000;
const NAME = /^[\w.-]{1,128}$/;

const SAFETENSORS_DTYPES: Record<string, Dtype> = {
  ...{ F32: 'float32', F16: 'float16', BF16: 'bfloat16', F64: 'float64', I64: 'int64' },
};

/** How files begin that are something else. */
const STRANGERS: [beginning: string, what: string][] = [
  ['<', 'a web page: the address leads to no file'],
  ['\x89HDF', 'HDF5, as Keras writes it'],
  ['\x1f\x8b', 'gzip; unpack it first'],
  ['version https://git-lfs', 'a pointer of Git LFS: fetch the file itself'],
  ['\x80', 'a pickle that torch.save did not write'],
];

function readTensors(
  bytes: Uint8Array,
): Pick<WeightsFile, 'format'> & { tensors: RawTensor[]; metadata?: Record<string, string> } {
  if (isTorchLegacy(bytes)) return { format: 'torch.save, legacy', tensors: readTorchLegacy(bytes) };
  const beginning = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  if (beginning.startsWith('PK\x03\x04')) return { format: 'torch.save, zip', tensors: readTorchZip(bytes) };
  const [, what] = STRANGERS.find(([text]) => beginning.startsWith(text)) ?? [];
  if (what)
    throw new WeightsError(
      'weights',
      'beginning',
      `expected safetensors or a file of torch.save, got ${what}`,
    );
  if (beginning[8] !== '{') {
    throw new WeightsError(
      'weights',
      'beginning',
      'expected safetensors or a file of torch.save, got neither',
    );
  }
  const { entries, metadata } = readHeader(bytes);
  return { format: 'safetensors', tensors: entries.map(safetensorsTensor), metadata };
}

function safetensorsTensor({
  name,
  dtype: called,
  shape,
  values,
}: ReturnType<typeof readHeader>['entries'][number]): RawTensor {
  const dtype = SAFETENSORS_DTYPES[called];
  if (!dtype) {
    throw new WeightsError('safetensors', name, `expected F32, F16, BF16, F64 or I64, got ${called}`);
  }
  const tensor = { name, dtype, shape, strides: rowMajorStrides(shape), offset: 0, storage: values };
  checkBounds('safetensors', tensor);
  return tensor;
}
