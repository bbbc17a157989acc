import { ByteReader } from './byte-reader.ts';
import { readPickle } from './pickle.ts';
import { PickleDict, type PickleHandlers, PickleList } from './pickle-values.ts';
import { DTYPE_BYTES, type RawTensor } from './raw-tensor.ts';
import { readStoredZip } from './stored-zip.ts';
import { readTorchStateDict, type TorchStorage } from './torch-state-dict.ts';
import { WeightsError } from './weights-error.ts';

/** Reads a state dict in torch.save's format since PyTorch 1.6: a zip archive of a pickle and an entry for each storage. */
export function readTorchZip(bytes: Uint8Array): RawTensor[] {
  const entries = readStoredZip(bytes);
  const pickles = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  const [name] = pickles;
  if (name === undefined || pickles.length > 1) {
    throw new WeightsError(
      'zip',
      'data.pkl',
      `expected one entry FOLDER/data.pkl, got ${pickles.length}; torch.save did not write this file`,
    );
  }
  const folder = name.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order && new TextDecoder().decode(order) !== 'little') {
    throw new WeightsError(
      'zip',
      `${folder}byteorder`,
      'expected "little"; save the file on a little-endian machine',
    );
  }
  const pickle = entries.get(name) as Uint8Array;
  const { tensors, end } = readTorchStateDict(pickle, 0);
  if (end !== pickle.length)
    throw new WeightsError('zip', name, `${pickle.length - end} bytes follow the pickle`);
  return tensors((storage) => {
    const entry = `${folder}data/${storage.key}`;
    const values = entries.get(entry);
    if (!values)
      throw new WeightsError('zip', entry, 'expected the values of a storage, found no such entry');
    checkSize('zip', storage, values.length);
    return values;
  });
}

/** Whether a file has the first bytes of the format that {@link readTorchLegacy} reads. */
export function isTorchLegacy(bytes: Uint8Array): boolean {
  return LEGACY_BEGINNING.every((byte, index) => bytes[index] === byte);
}

/**
 * Reads a state dict in torch.save's older format, which it still writes on request: pickles of a magic number, a version,
 * the machine, the state dict and the storages' keys; then each storage as a count and its values.
 */
export function readTorchLegacy(bytes: Uint8Array): RawTensor[] {
  const magic = readPickle(bytes, 0, NOTHING);
  const version = readPickle(bytes, magic.end, NOTHING);
  const machine = readPickle(bytes, version.end, NOTHING);
  if (version.value !== LEGACY_VERSION) {
    throw new WeightsError('legacy', 'version', `expected ${LEGACY_VERSION}, got ${String(version.value)}`);
  }
  if (!(machine.value instanceof PickleDict) || machine.value.entries.get('little_endian') !== true) {
    throw new WeightsError(
      'legacy',
      'machine',
      'expected little_endian = True; save the file on a little-endian machine',
    );
  }
  const dict = readTorchStateDict(bytes, machine.end);
  const keys = readPickle(bytes, dict.end, NOTHING);
  if (!(keys.value instanceof PickleList))
    throw new WeightsError('legacy', 'keys', 'expected a list of storages');
  const reader = new ByteReader('legacy', bytes, keys.end);
  const values = new Map<string, Uint8Array>();
  for (const key of keys.value.items) {
    const storage = typeof key === 'string' ? dict.storages.get(key) : undefined;
    if (!storage || values.has(storage.key)) {
      throw new WeightsError('legacy', 'keys', 'expected each storage of the state dict once, and no others');
    }
    const count = reader.int64();
    if (count !== BigInt(storage.size)) {
      throw new WeightsError(
        'legacy',
        `storage ${storage.key}`,
        `expected ${storage.size} values, it says ${count}`,
      );
    }
    values.set(storage.key, reader.bytes(storage.size * DTYPE_BYTES[storage.dtype]));
  }
  if (reader.at !== bytes.length) {
    throw new WeightsError('legacy', 'end', `${bytes.length - reader.at} bytes follow the last storage`);
  }
  return dict.tensors((storage) => {
    const found = values.get(storage.key);
    if (!found) throw new WeightsError('legacy', `storage ${storage.key}`, 'expected its values, found none');
    return found;
  });
}

// --- helpers ---

/** Protocol 2, and the magic number 0x1950a86a20f9469cfc6c as ten bytes. */
const LEGACY_BEGINNING = [
  0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e,
];
const LEGACY_VERSION = 1001;

/** Handlers for pickles of plain values. */
const NOTHING: PickleHandlers = {
  checkGlobal: refuse,
  call: refuse,
  persistent: () => refuse('a persistent id'),
};

function refuse(name: string): never {
  throw new WeightsError('legacy', name, 'expected plain values here; nothing is called');
}

function checkSize(format: string, { key, dtype, size }: TorchStorage, bytes: number): void {
  const expected = size * DTYPE_BYTES[dtype];
  if (bytes !== expected) {
    throw new WeightsError(
      format,
      `storage ${key}`,
      `expected ${expected} bytes for ${size} values of ${dtype}, got ${bytes}`,
    );
  }
}
