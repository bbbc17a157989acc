/** Writes torch.save's formats byte by byte, so that tests can also make files that PyTorch would not write. */
import { crc32 } from 'node:zlib';

export interface WrittenTensor {
  name: string;
  /** Its storage's key; tensors may share a storage. */
  key: string;
  type: 'Float' | 'Half' | 'BFloat16' | 'Double' | 'Long' | 'Int';
  /** The storage's values. */
  values: Buffer;
  shape: number[];
  strides: number[];
  offset: number;
}

const bytesOf = { Float: 4, Half: 2, BFloat16: 2, Double: 8, Long: 8, Int: 4 };

/** A tensor of float32 values with its own storage. */
export function floats(name: string, shape: number[], values: ArrayLike<number>): WrittenTensor {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const data = Float32Array.from(values);
  return {
    name,
    key: name,
    type: 'Float',
    shape,
    strides,
    offset: 0,
    values: Buffer.from(data.buffer),
  };
}

/** The instructions of pickles. */
export const p = {
  none: Buffer.of(0x4e),
  false: Buffer.of(0x89),
  true: Buffer.of(0x88),
  int(value: number): Buffer {
    if (value >= 0 && value < 256) return Buffer.of(0x4b, value);
    if (value >= 0 && value < 2 ** 31) {
      const bytes = Buffer.alloc(5, 0x4a);
      bytes.writeInt32LE(value, 1);
      return bytes;
    }
    const bytes = Buffer.alloc(10);
    bytes.set([0x8a, 8]);
    bytes.writeBigInt64LE(BigInt(value), 2);
    return bytes;
  },
  text(value: string): Buffer {
    const bytes = Buffer.from(value);
    const head = Buffer.alloc(5, 0x58);
    head.writeUInt32LE(bytes.length, 1);
    return Buffer.concat([head, bytes]);
  },
  global: (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`),
  tuple: (...items: Buffer[]) => Buffer.concat([Buffer.from('('), ...items, Buffer.from('t')]),
  list: (...items: Buffer[]) => Buffer.concat([Buffer.from(']('), ...items, Buffer.from('e')]),
  dict: (...items: Buffer[]) => Buffer.concat([Buffer.from('}('), ...items, Buffer.from('u')]),
  call: (callable: Buffer, args: Buffer) => Buffer.concat([callable, args, Buffer.from('R')]),
  /** `object` with its state set. */
  build: (object: Buffer, state: Buffer) => Buffer.concat([object, state, Buffer.from('b')]),
  persistent: (id: Buffer) => Buffer.concat([id, Buffer.from('Q')]),
  put: (place: number) => Buffer.of(0x71, place),
  get: (place: number) => Buffer.of(0x68, place),
  /** A complete pickle. */
  pickle: (...parts: Buffer[]) => Buffer.concat([Buffer.of(0x80, 2), ...parts, Buffer.from('.')]),
};

/** An ordered dict of tensors, as an object. */
export function stateDict(tensors: WrittenTensor[], legacy = false): Buffer {
  const items = tensors.flatMap((tensor) => [p.text(tensor.name), pickledTensor(tensor, legacy)]);
  const ordered = p.call(p.global('collections', 'OrderedDict'), p.tuple());
  const filled = Buffer.concat([ordered, Buffer.from('('), ...items, Buffer.from('u')]);
  return p.build(filled, p.dict(p.text('_metadata'), p.dict(p.text('version'), p.int(1))));
}

export function pickledTensor(tensor: WrittenTensor, legacy = false): Buffer {
  const { key, type, values, shape, strides, offset } = tensor;
  const size = Math.floor(values.length / bytesOf[type]);
  const storage = p.persistent(
    p.tuple(
      p.text('storage'),
      p.global('torch', `${type}Storage`),
      p.text(key),
      p.text('cpu'),
      p.int(size),
      ...(legacy ? [p.none] : []),
    ),
  );
  const hooks = p.call(p.global('collections', 'OrderedDict'), p.tuple());
  return p.call(
    p.global('torch._utils', '_rebuild_tensor_v2'),
    p.tuple(
      storage,
      p.int(offset),
      p.tuple(...shape.map(p.int)),
      p.tuple(...strides.map(p.int)),
      p.false,
      hooks,
    ),
  );
}

/** torch.save's zip format, from a pickled object and storages. */
export function torchZip(tensors: WrittenTensor[], object = stateDict(tensors)): Buffer {
  const storages = new Map(tensors.map(({ key, values }) => [key, values]));
  return zip([
    { name: 'archive/data.pkl', content: p.pickle(object) },
    { name: 'archive/byteorder', content: Buffer.from('little') },
    ...[...storages].map(([key, content]) => ({ name: `archive/data/${key}`, content })),
    { name: 'archive/version', content: Buffer.from('3\n') },
  ]);
}

/** The same in the older format. */
export function torchLegacy(tensors: WrittenTensor[], object = stateDict(tensors, true)): Buffer {
  const storages = new Map(tensors.map((tensor) => [tensor.key, tensor]));
  const magic = Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex');
  const counted = [...storages.values()].flatMap(({ type, values }) => {
    const count = Buffer.alloc(8);
    count.writeBigInt64LE(BigInt(Math.floor(values.length / bytesOf[type])));
    return [count, values];
  });
  return Buffer.concat([
    p.pickle(magic),
    p.pickle(p.int(1001)),
    p.pickle(p.dict(p.text('little_endian'), p.true)),
    p.pickle(object),
    p.pickle(p.list(...[...storages.keys()].map(p.text))),
    ...counted,
  ]);
}

export interface ZipEntry {
  name: string;
  content: Buffer;
  /** False claims of the headers. */
  lies?: {
    crc?: number;
    size?: number;
    packed?: number;
    at?: number;
    method?: number;
    flags?: number;
    localName?: string;
  };
}

/** An archive of uncompressed entries, unless their headers lie. */
export function zip(entries: ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, lies = {} } of entries) {
    const { crc = crc32(content), size = content.length, method = 0, flags = 0 } = lies;
    const local = Buffer.alloc(30);
    const localName = Buffer.from(lies.localName ?? name);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(localName.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc, 16);
    central.writeUInt32LE(lies.packed ?? size, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(Buffer.byteLength(name), 28);
    central.writeUInt32LE(lies.at ?? at, 42);
    directory.push(central, Buffer.from(name));
    parts.push(local, localName, content);
    at += local.length + localName.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
