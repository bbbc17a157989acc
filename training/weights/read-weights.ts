import { sizeOf } from '../../study/definition/network-shapes.ts';
import type { WeightsOrigin } from '../../study/record/record.ts';
import { readHeader } from '../checkpoint/safetensors-header.ts';
import type { NamedTensor, NamedTensors } from '../tensorflow/named-tensors.ts';
import {
  checkBounds,
  DTYPE_BYTES,
  type Dtype,
  type RawTensor,
  rowMajorStrides,
  toFloat32,
} from './raw-tensor.ts';
import { isTorchLegacy, readTorchLegacy, readTorchZip } from './torch-files.ts';
import { WeightsError } from './weights-error.ts';

/** The content of a file of weights. */
export interface WeightsFile {
  format: WeightsOrigin['format'];
  /** As float32, with PyTorch's names and layouts, in the order of their names. */
  tensors: NamedTensors;
  /** Names of integer tensors: counters such as `bn1.num_batches_tracked`. Their values are dropped. */
  counters: string[];
  /** Of a safetensors file. */
  metadata: Record<string, string>;
}

/**
 * Reads a file of weights: safetensors, or a state dict of torch.save in either of its formats. The first bytes determine
 * the format. Float tensors of 16, 32 and 64 bits become float32.
 *
 * Nothing in the file is trusted. Its length bounds memory: all tensors together may have at most twice the file's bytes.
 *
 * @throws {WeightsError} if it is no such file, or if a value is not a finite number.
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
      `its tensors would take ${claimed} bytes, but the file has ${bytes.length}: they share values`,
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
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  F64: 'float64',
  I64: 'int64',
};

/** The first bytes of other files. */
const STRANGERS: [beginning: string, what: string][] = [
  ['<', 'a web page: the URL is not a download link'],
  ['\x89HDF', 'HDF5, which Keras writes'],
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
