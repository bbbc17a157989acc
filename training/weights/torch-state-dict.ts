import { readPickle } from './pickle.ts';
import {
  PickleDict,
  PickleGlobal,
  type PickleHandlers,
  PickleList,
  PickleResult,
  type PickleValue,
} from './pickle-values.ts';
import { checkBounds, DTYPE_BYTES, type Dtype, MAX_AXES, type RawTensor } from './raw-tensor.ts';
import { printable, WeightsError } from './weights-error.ts';

/** The values of one or more tensors of a state dict. */
export interface TorchStorage {
  key: string;
  dtype: Dtype;
  /** Number of values, according to the state dict. */
  size: number;
}

/** A pickled state dict: its tensors are known, their values aren't read yet. */
export interface TorchStateDict {
  /** The position after its pickle. */
  end: number;
  /** By key. */
  storages: Map<string, TorchStorage>;
  /** @param valuesOf returns a storage's bytes, as many as its size requires. */
  tensors(valuesOf: (storage: TorchStorage) => Uint8Array): RawTensor[];
}

/**
 * Reads a pickled state dict: a dict, ordered or not, of tensors by name. Besides the types of storages, it may use only
 * the names with which torch.save describes an ordered dict, a tensor and a parameter. Any other name is refused where it
 * occurs, before it is used.
 *
 * @throws {WeightsError}
 */
export function readTorchStateDict(bytes: Uint8Array, at: number): TorchStateDict {
  const storages = new Map<string, TorchStorage>();
  const { value, end } = readPickle(bytes, at, handlersOf(storages));
  if (!(value instanceof PickleDict)) {
    throw new WeightsError(
      'state dict',
      'top',
      `expected a dict of tensors, got ${kindOf(value)}; ${REMEDY}`,
    );
  }
  const described = [...value.entries].map(([name, tensor]) => {
    if (tensor instanceof Tensor) return { name, ...tensor };
    throw new WeightsError('state dict', name, `expected a tensor, got ${kindOf(tensor)}; ${REMEDY}`);
  });
  const tensors: TorchStateDict['tensors'] = (valuesOf) =>
    described.map(({ name, storage, ...layout }) => {
      const tensor = { name, dtype: storage.dtype, ...layout, storage: valuesOf(storage) };
      checkBounds('state dict', tensor);
      return tensor;
    });
  return { end, storages, tensors };
}

// --- helpers ---

const REMEDY = 'save the state dict alone: torch.save(model.state_dict(), FILE)';

const STORAGE_DTYPES: Record<string, Dtype> = {
  'torch.FloatStorage': 'float32',
  'torch.HalfStorage': 'float16',
  'torch.BFloat16Storage': 'bfloat16',
  'torch.DoubleStorage': 'float64',
  'torch.LongStorage': 'int64',
};

/** The functions that a state dict may call. */
const FUNCTIONS: Record<string, (args: PickleValue[]) => PickleValue> = {
  'collections.OrderedDict': (args) => {
    if (args.length > 0) throw refused('collections.OrderedDict', 'expected no arguments');
    return new PickleDict();
  },
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]) => {
    if (!(storage instanceof Storage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
      throw refused('torch._utils._rebuild_tensor_v2', 'expected a storage, an offset, a shape and strides');
    }
    return new Tensor(storage, offset, shape, strides);
  },
  'torch._utils._rebuild_parameter': ([tensor]) => {
    if (!(tensor instanceof Tensor)) throw refused('torch._utils._rebuild_parameter', 'expected a tensor');
    return tensor;
  },
};

class Storage extends PickleResult implements TorchStorage {
  constructor(
    readonly key: string,
    readonly dtype: Dtype,
    readonly size: number,
  ) {
    super();
  }
}

class Tensor extends PickleResult {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: number[],
    readonly strides: number[],
  ) {
    super();
  }
}

function handlersOf(storages: Map<string, TorchStorage>): PickleHandlers {
  return {
    checkGlobal(name) {
      if (Object.hasOwn(FUNCTIONS, name) || Object.hasOwn(STORAGE_DTYPES, name)) return;
      if (/^torch\.\w+Storage$/.test(name)) {
        throw refused(name, 'expected values of float16, bfloat16, float32, float64, or int64 for counters');
      }
      throw refused(name, `not called: a file of weights may have tensors only; ${REMEDY}`);
    },
    call(name, args) {
      const call = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
      if (!call) throw refused(name, "a storage can't be called");
      return call(args);
    },
    persistent(id) {
      const [kind, type, key, , size, view] = Array.isArray(id) ? id : [];
      if (
        kind !== 'storage' ||
        !(type instanceof PickleGlobal) ||
        typeof key !== 'string' ||
        !isCount(size)
      ) {
        throw new WeightsError('state dict', 'storage', 'expected its type, key, place and size');
      }
      const dtype = STORAGE_DTYPES[type.name];
      if (!dtype) throw refused(type.name, 'not a type of storage');
      if (view !== undefined && view !== null) {
        throw new WeightsError(
          'state dict',
          `storage ${key}`,
          'it is a part of another storage; clone its tensors and save them again',
        );
      }
      const known = storages.get(key);
      if (known && (known.dtype !== dtype || known.size !== size)) {
        throw new WeightsError(
          'state dict',
          `storage ${key}`,
          'it is described twice, with different types or sizes',
        );
      }
      const storage = known ?? new Storage(key, dtype, size);
      storages.set(key, storage);
      return storage as Storage;
    },
  };
}

function refused(name: string, problem: string): WeightsError {
  return new WeightsError('state dict', name, problem);
}

/** Sizes in bytes stay exact. */
function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value * DTYPE_BYTES.float64) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isCount);
}

function kindOf(value: PickleValue): string {
  if (value instanceof PickleDict) return 'a dict';
  if (value instanceof PickleList) return 'a list';
  if (value instanceof PickleGlobal) return printable(value.name);
  if (value instanceof Tensor) return 'a tensor';
  if (value instanceof Storage) return 'a storage';
  if (Array.isArray(value)) return 'a tuple';
  return value === null ? 'None' : `a ${typeof value}`;
}
