import {
  floats,
  p,
  pickledTensor,
  stateDict,
  torchLegacy,
  torchZip,
  type WrittenTensor,
  zip,
} from './torch-writer.ts';

export interface HostileFile {
  what: string;
  bytes: Buffer;
  /** What it is refused with. */
  message: RegExp;
}

/** Files that lie, call, grow or break off, each a few kilobytes at most. */
export function hostileFiles(): HostileFile[] {
  return [...strangers(), ...safetensors(), ...zips(), ...pickles(), ...layouts(), ...legacy()];
}

// --- helpers ---

const sound = floats('fc.weight', [2, 3], [1, 2, 3, 4, 5, 6]);

function file(what: string, bytes: Buffer, message: RegExp): HostileFile {
  return { what, bytes, message };
}

/** Something else than a file of weights. */
function strangers(): HostileFile[] {
  return [
    file('empty', Buffer.alloc(0), /expected safetensors or a file of torch\.save, got neither/),
    file(
      'a web page',
      Buffer.from('<!DOCTYPE html><title>404</title>'),
      /a web page: the address leads to no file/,
    ),
    file('HDF5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /HDF5, as Keras writes it/),
    file('gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0]), /gzip; unpack it first/),
    file(
      'a pointer of Git LFS',
      Buffer.from('version https://git-lfs.github.com/spec/v1\n'),
      /a pointer of Git LFS/,
    ),
    file('a plain pickle', p.pickle(p.int(1)), /a pickle that torch\.save did not write/),
    file('a pickle of protocol 5', Buffer.from('8005952e', 'hex'), /a pickle that torch\.save did not write/),
    file('a picture', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /got neither/),
  ];
}

function safetensors(): HostileFile[] {
  const made = (header: unknown, values: Buffer, claimed?: bigint) => {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(claimed ?? BigInt(json.length));
    return Buffer.concat([length, json, values]);
  };
  const w = (dtype: string, shape: number[], begin: number, end: number) => ({
    ...{ dtype, shape, data_offsets: [begin, end] },
  });
  const float = (value: number) => Buffer.from(Float32Array.of(value).buffer);
  const double = (value: number) => Buffer.from(Float64Array.of(value).buffer);
  return [
    file(
      'a header of 2⁶³ bytes',
      made({ w: w('F32', [1], 0, 4) }, float(1), 2n ** 63n),
      /it claims 9223372036854775808 bytes/,
    ),
    file(
      'overlapping tensors',
      made({ a: w('F32', [2], 0, 8), b: w('F32', [1], 4, 8) }, Buffer.alloc(8)),
      /b: .*they overlap/,
    ),
    file(
      'a huge offset',
      made({ a: w('F32', [1], 2 ** 52, 2 ** 52 + 4) }, float(1)),
      /don't lie within the 4 bytes/,
    ),
    file(
      'sizes whose product overflows',
      made({ a: w('F32', [2 ** 40, 2 ** 40], 0, 4) }, float(1)),
      /needs .* bytes/,
    ),
    file('complex numbers', made({ a: w('C64', [1], 0, 8) }, Buffer.alloc(8)), /unknown dtype "C64"/),
    file(
      'integers for weights',
      made({ a: w('I32', [1], 0, 4) }, float(1)),
      /a: expected F32, F16, BF16, F64 or I64, got I32/,
    ),
    file(
      'NaN',
      made({ 'bn1.bias': w('F32', [1], 0, 4) }, float(Number.NaN)),
      /bn1\.bias: value 0 is NaN; weights must be finite/,
    ),
    file(
      'infinity in 16 bits',
      made({ a: w('F16', [1], 0, 2) }, Buffer.from([0x00, 0xfc])),
      /value 0 is -Infinity/,
    ),
    file(
      'NaN in bfloat16',
      made({ a: w('BF16', [2], 0, 4) }, Buffer.from([0, 0, 0xc0, 0x7f])),
      /value 1 is NaN/,
    ),
    file(
      'more than float32 holds',
      made({ a: w('F64', [1], 0, 8) }, double(1e39)),
      /value 0 is 1e\+39, which float32 can't hold/,
    ),
    file('no tensors', made({}, Buffer.alloc(0)), /expected tensors, got none/),
    file(
      'a name for the terminal',
      made({ 'a\u001b[31m': w('F32', [1], 0, 4) }, float(1)),
      /a\?\[31m: expected a name of at most 128/,
    ),
    file(
      'a name too long',
      made({ ['a'.repeat(200)]: w('F32', [1], 0, 4) }, float(1)),
      /a\.\.\.: expected a name/,
    ),
    file(
      'nine axes',
      made({ a: w('F32', [1, 1, 1, 1, 1, 1, 1, 1, 1], 0, 4) }, float(1)),
      /at most 8 axes, got 9/,
    ),
    file(
      'five thousand tensors',
      made(
        Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`a${i}`, w('F32', [0], 0, 0)])),
        Buffer.alloc(0),
      ),
      /at most 4000 tensors, got 5000/,
    ),
  ];
}

function zips(): HostileFile[] {
  const whole = torchZip([sound]);
  const pickle = { name: 'a/data.pkl', content: p.pickle(stateDict([sound])) };
  const values = { name: 'a/data/fc.weight', content: sound.values };
  const zip64 = Buffer.from(whole);
  zip64.writeUInt32LE(0xffffffff, zip64.length - 6);
  const lying = Buffer.from(whole);
  lying.writeUInt16LE(99, lying.length - 12);
  const zeros = { name: 'a/x', content: Buffer.alloc(1000) };
  return [
    file('an archive cut off', whole.subarray(0, -10), /cut off, or has something behind it/),
    file('bytes behind the archive', Buffer.concat([whole, Buffer.alloc(3)]), /has something behind it/),
    file('a directory that is not there', zip64, /got one in zip64/),
    file('more entries than there are', lying, /expected 99 entries in the directory, found 4/),
    file(
      'a wrong CRC',
      zip([pickle, { ...values, lies: { crc: 1 } }]),
      /a\/data\/fc\.weight: expected the CRC-32 00000001, got .*damaged/,
    ),
    file(
      'a zip bomb',
      zip([pickle, { ...values, lies: { method: 8, size: 2 ** 32 - 2, packed: 24 } }]),
      /a\/data\/fc\.weight: it is compressed/,
    ),
    file(
      'a size beyond the archive',
      zip([pickle, { ...values, lies: { size: 2 ** 31, packed: 2 ** 31 } }]),
      /don't lie before the directory/,
    ),
    file(
      'a header that is not there',
      zip([zeros, { ...zeros, name: 'a/y', lies: { at: 99 } }]),
      /a\/y: expected its header at byte 99, found none/,
    ),
    file(
      'an entry within another',
      zip([
        { name: 'a/x', content: zip([values]) },
        { ...values, lies: { at: 33 } },
      ]),
      /fc\.weight: it overlaps another entry/,
    ),
    file(
      'the same entry under two places',
      zip([zeros, { ...zeros, lies: { at: 0 } }]),
      /a\/x: it is there twice/,
    ),
    file(
      'an encrypted entry',
      zip([{ ...pickle, lies: { flags: 1 } }, values]),
      /data\.pkl: it is encrypted/,
    ),
    file(
      'two names for one entry',
      zip([pickle, { ...values, lies: { localName: 'a/data/fc.weighs' } }]),
      /its own header says something else/,
    ),
    file('no pickle', zip([values]), /expected one entry FOLDER\/data\.pkl, got 0/),
    file('two pickles', zip([pickle, { ...pickle, name: 'b/data.pkl' }]), /got 2/),
    file('no values', zip([pickle]), /a\/data\/fc\.weight: expected the values of a storage/),
    file(
      'too few values',
      zip([pickle, { ...values, content: sound.values.subarray(4) }]),
      /expected 24 bytes for 6 values of float32, got 20/,
    ),
    file(
      'a big-endian file',
      zip([pickle, values, { name: 'a/byteorder', content: Buffer.from('big') }]),
      /byteorder: expected "little"/,
    ),
    file(
      'bytes behind the pickle',
      zip([{ ...pickle, content: Buffer.concat([pickle.content, pickle.content]) }, values]),
      /bytes follow the pickle/,
    ),
  ];
}

/** Files of torch.save whose pickle does what a state dict's never does. */
function pickles(): HostileFile[] {
  const made = (what: string, object: Buffer, message: RegExp) =>
    file(what, torchZip([sound], object), message);
  const run = (module: string, name: string) =>
    p.call(p.global(module, name), p.tuple(p.text('touch /tmp/owned')));
  const uncalled = (name: string) =>
    new RegExp(
      `state dict, ${name.replaceAll('.', '\\.')}: not called: a file of weights may hold tensors alone`,
    );
  const tensor = pickledTensor(sound);
  const one = (value: Buffer) => p.dict(p.text('w'), value);
  const laughs = p.tuple(
    ...Array.from({ length: 100 }, (_, i) =>
      Buffer.concat([i === 0 ? p.list() : p.list(p.get(i - 1), p.get(i - 1)), p.put(i)]),
    ),
  );
  return [
    made('os.system', run('os', 'system'), uncalled('os.system')),
    made('posix.system', run('posix', 'system'), uncalled('posix.system')),
    made('eval', run('builtins', 'eval'), uncalled('builtins.eval')),
    made('eval, as a value of the dict', one(run('__builtin__', 'eval')), uncalled('__builtin__.eval')),
    made('getattr', run('builtins', 'getattr'), uncalled('builtins.getattr')),
    made('torch.load', run('torch', 'load'), uncalled('torch.load')),
    made('a name that is only named', one(p.global('subprocess', 'Popen')), uncalled('subprocess.Popen')),
    made('a property of every object', run('__proto__', 'constructor'), uncalled('__proto__.constructor')),
    made(
      'another module of that name',
      run('os.collections', 'OrderedDict'),
      uncalled('os.collections.OrderedDict'),
    ),
    made(
      'a whole model',
      run('torchvision.models.resnet', 'ResNet'),
      uncalled('torchvision.models.resnet.ResNet'),
    ),
    made('INST, which calls', Buffer.from('(ios\nsystem\n'), /unknown instruction 0x69/),
    made('OBJ, which calls', Buffer.from('(cos\nsystem\no'), uncalled('os.system')),
    made('NEWOBJ, which calls', Buffer.from([0x28, 0x29, 0x81]), /it takes|unknown instruction 0x81/),
    made('EXT1, which looks up', Buffer.from([0x82, 1]), /unknown instruction 0x82/),
    made(
      'STACK_GLOBAL',
      Buffer.concat([Buffer.from('8c026f738c0673797374656d93', 'hex')]),
      /unknown instruction 0x8c/,
    ),
    made('another protocol', Buffer.from([0x80, 4]), /expected protocol 2, got 4/),
    made(
      'a state for a tensor',
      one(p.build(tensor, p.dict(p.text('data'), p.int(1)))),
      /it sets the state of an object/,
    ),
    made(
      'a call of a storage',
      one(p.call(p.global('torch', 'FloatStorage'), p.tuple(p.int(9)))),
      /torch\.FloatStorage: a storage is not to be called/,
    ),
    made('a call of a number', one(p.call(p.int(1), p.tuple())), /expected a function and a tuple/),
    made(
      'an ordered dict of something',
      p.call(p.global('collections', 'OrderedDict'), p.tuple(p.list())),
      /expected no arguments/,
    ),
    made(
      'lists that hold themselves twice, a hundred times over',
      laughs,
      /expected a dict of tensors, got a tuple/,
    ),
    made(
      'a list that holds itself',
      Buffer.concat([Buffer.from(']'), p.put(0), p.get(0), Buffer.from('a')]),
      /got a list/,
    ),
    made(
      'fifty thousand tuples in each other',
      Buffer.concat([p.none, Buffer.alloc(50_000, 0x85)]),
      /got a tuple/,
    ),
    made(
      'text longer than the file',
      Buffer.from([0x58, 0xff, 0xff, 0xff, 0xff]),
      /expected 4294967295 more bytes/,
    ),
    made('text that is no UTF-8', Buffer.from([0x58, 2, 0, 0, 0, 0xc3, 0x28]), /expected text in UTF-8/),
    made(
      'a place of its memory that is empty',
      Buffer.from([0x6a, 0xff, 0xff, 0xff, 0xff]),
      /recalls place 4294967295/,
    ),
    made('a mark that was never set', Buffer.from('t'), /a mark that it never set/),
    made('a value that was never given', Buffer.from('R'), /a value that it never gave/),
    made(
      'a value from below a mark',
      Buffer.concat([p.none, Buffer.from([0x28, 0x85])]),
      /a value that it never gave/,
    ),
    made('more than one value', Buffer.concat([p.none, p.none]), /more than one value/),
    made(
      'an item of a list',
      Buffer.concat([Buffer.from(']'), p.text('a'), p.none, Buffer.from('s')]),
      /something that is no dict/,
    ),
    made(
      'an item appended to a dict',
      Buffer.concat([Buffer.from('}'), p.none, Buffer.from('a')]),
      /something that is no list/,
    ),
    made('a key without a value', p.dict(p.text('w')), /each with a value/),
    made('a number for a name', p.dict(p.int(1), tensor), /expected text for the keys/),
    made('a name given twice', p.dict(p.text('w'), tensor, p.text('w'), tensor), /the same key twice/),
    made(
      'a checkpoint with more than weights',
      p.dict(p.text('epoch'), p.int(3)),
      /state dict, epoch: expected a tensor, got a number; save the state dict alone/,
    ),
    made('a tensor alone', tensor, /expected a dict of tensors, got a tensor/),
    made('nothing', p.none, /expected a dict of tensors, got None/),
    made('a class for a dict', p.global('collections', 'OrderedDict'), /got collections\.OrderedDict/),
    made('a number that is no number', Buffer.concat([Buffer.from([0x8a, 255])]), /expected 255 more bytes/),
  ];
}

/** State dicts whose tensors do not lie in their storages as they say. */
function layouts(): HostileFile[] {
  const made = (what: string, change: Partial<WrittenTensor>, message: RegExp) =>
    file(what, torchZip([{ ...sound, ...change }]), message);
  const large = floats('w', [1000], new Float32Array(1000));
  const times = (count: number) => Array.from({ length: count }, (_, i) => ({ ...large, name: `w${i}` }));
  const rebuild = (...args: Buffer[]) =>
    torchZip(
      [sound],
      p.dict(p.text('w'), p.call(p.global('torch._utils', '_rebuild_tensor_v2'), p.tuple(...args))),
    );
  return [
    made(
      'strides beyond the storage',
      { strides: [4, 1] },
      /fc\.weight: its last value would be number 6 of a storage that has 6/,
    ),
    made('an offset beyond the storage', { offset: 1 }, /number 6 of a storage that has 6/),
    made('a huge offset', { offset: 2 ** 49 }, /number 562949953421317 of/),
    made('a huge stride', { strides: [2 ** 49, 1] }, /number 562949953421314 of/),
    made(
      'an offset past exact numbers',
      { offset: 2 ** 60 },
      /expected a storage, an offset, a shape and strides/,
    ),
    made('a negative offset', { offset: -1 }, /expected a storage, an offset/),
    made('a negative stride', { strides: [-3, 1], offset: 3 }, /expected a storage, an offset/),
    made(
      'a value repeated a billion times',
      { shape: [1e9], strides: [0] },
      /needs 1000000000 values, but its storage has 6/,
    ),
    made(
      'sizes whose product overflows',
      { shape: [2 ** 49, 2 ** 49], strides: [0, 0] },
      /needs Infinity values/,
    ),
    made('a stride too few', { strides: [3] }, /expected a stride for each of 2 axes, got 1/),
    made(
      'nine axes',
      { shape: new Array(9).fill(1), strides: new Array(9).fill(1) },
      /expected a storage, an offset/,
    ),
    made('a storage of integers', { type: 'Int' }, /torch\.IntStorage: expected values of float16/),
    made(
      'NaN',
      { values: Buffer.from(Float32Array.of(1, 2, 3, Number.NaN, 5, 6).buffer) },
      /fc\.weight: value 3 is NaN/,
    ),
    file('one storage for a hundred tensors', torchZip(times(100)), /they share values/),
    file(
      'a tensor of no storage',
      rebuild(p.none, p.int(0), p.tuple(), p.tuple()),
      /expected a storage, an offset/,
    ),
    file('a tensor of too few arguments', rebuild(), /expected a storage, an offset/),
    file(
      'a storage described twice',
      torchZip([sound, { ...sound, name: 'b', values: sound.values.subarray(4) }]),
      /it is described twice, and differently/,
    ),
    file(
      'a storage outside the archive',
      torchZip([sound], stateDict([{ ...sound, key: '../../../etc/passwd' }])),
      /archive\/data\/\.\.\/\.\.\/\.\.\/etc\/passwd: expected the values/,
    ),
    file(
      'a parameter of nothing',
      torchZip(
        [sound],
        p.dict(p.text('w'), p.call(p.global('torch._utils', '_rebuild_parameter'), p.tuple(p.none))),
      ),
      /_rebuild_parameter: expected a tensor/,
    ),
    file(
      'a persistent id that is no storage',
      torchZip([sound], p.dict(p.text('w'), p.persistent(p.text('module')))),
      /expected its type, key, place and size/,
    ),
    file(
      'a storage of another class',
      torchZip(
        [sound],
        p.dict(
          p.text('w'),
          p.persistent(
            p.tuple(
              p.text('storage'),
              p.global('collections', 'OrderedDict'),
              p.text('k'),
              p.text('cpu'),
              p.int(1),
            ),
          ),
        ),
      ),
      /collections\.OrderedDict: it is no storage/,
    ),
  ];
}

/** The older format of torch.save. */
function legacy(): HostileFile[] {
  const whole = torchLegacy([sound]);
  const at = whole.length - sound.values.length - 8;
  const counted = (count: bigint) => {
    const bytes = Buffer.from(whole);
    bytes.writeBigInt64LE(count, at);
    return bytes;
  };
  const start = Buffer.concat([
    p.pickle(Buffer.from('8a0a6cfc9c46f9206aa85019', 'hex')),
    p.pickle(p.int(1001)),
  ]);
  const rest = (...parts: Buffer[]) => Buffer.concat([start, ...parts]);
  const little = p.pickle(p.dict(p.text('little_endian'), p.true));
  const dict = p.pickle(stateDict([sound], true));
  return [
    file(
      'legacy, cut off in a storage',
      whole.subarray(0, -1),
      /legacy, byte \d+: cut off: expected 24 more bytes, got 23/,
    ),
    file(
      'legacy, bytes behind the last storage',
      Buffer.concat([whole, Buffer.of(0)]),
      /1 bytes follow the last storage/,
    ),
    file('legacy, a count of 2⁶²', counted(2n ** 62n), /expected 6 values, it says 4611686018427387904/),
    file('legacy, a negative count', counted(-1n), /expected 6 values, it says -1/),
    file(
      'legacy, a storage left out',
      rest(little, dict, p.pickle(p.list())),
      /storage fc\.weight: expected its values, found none/,
    ),
    file(
      'legacy, a storage too many',
      rest(little, dict, p.pickle(p.list(p.text('other')))),
      /each storage of the state dict once, and no others/,
    ),
    file(
      'legacy, a storage that is a number',
      rest(little, dict, p.pickle(p.list(p.int(1)))),
      /each storage of the state dict once/,
    ),
    file('legacy, no list of storages', rest(little, dict, p.pickle(p.none)), /expected a list of storages/),
    file(
      'legacy, big-endian',
      rest(p.pickle(p.dict(p.text('little_endian'), p.false))),
      /expected little_endian = True/,
    ),
    file(
      'legacy, another version',
      Buffer.concat([start.subarray(0, 15), p.pickle(p.int(1002)), little]),
      /version: expected 1001, got 1002/,
    ),
    file(
      'legacy, os.system for the machine',
      rest(p.pickle(p.call(p.global('os', 'system'), p.tuple(p.text('id'))))),
      /legacy, os\.system: .*not called/,
    ),
    file(
      'legacy, os.system for the keys',
      rest(little, dict, p.pickle(p.call(p.global('os', 'system'), p.tuple()))),
      /os\.system/,
    ),
    file(
      'legacy, os.system in the state dict',
      torchLegacy([sound], p.dict(p.text('w'), p.call(p.global('os', 'system'), p.tuple()))),
      /state dict, os\.system: .*not called/,
    ),
    file(
      'legacy, a part of another storage',
      Buffer.concat([
        rest(little),
        p.pickle(
          p.dict(
            p.text('w'),
            p.persistent(
              p.tuple(
                p.text('storage'),
                p.global('torch', 'FloatStorage'),
                p.text('k'),
                p.text('cpu'),
                p.int(1),
                p.tuple(p.text('k'), p.int(0), p.int(1)),
              ),
            ),
          ),
        ),
      ]),
      /storage k: it is a part of another storage/,
    ),
  ];
}
