import { floats, p, stateDict, torchLegacy, torchZip, type WrittenTensor } from '../torch-writer.ts';
import { file, type HostileFile, valid } from './hostile-file.ts';

/** State dicts whose tensors do not lie in their storages as they say. */
export function layouts(): HostileFile[] {
  const made = (what: string, change: Partial<WrittenTensor>, message: RegExp) =>
    file(what, torchZip([{ ...valid, ...change }]), message);
  const large = floats('w', [1000], new Float32Array(1000));
  const times = (count: number) => Array.from({ length: count }, (_, i) => ({ ...large, name: `w${i}` }));
  const rebuild = (...args: Buffer[]) =>
    torchZip(
      [valid],
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
      torchZip([valid, { ...valid, name: 'b', values: valid.values.subarray(4) }]),
      /it is described twice, with different/,
    ),
    file(
      'a storage outside the archive',
      torchZip([valid], stateDict([{ ...valid, key: '../../../etc/passwd' }])),
      /archive\/data\/\.\.\/\.\.\/\.\.\/etc\/passwd: expected the values/,
    ),
    file(
      'a parameter of nothing',
      torchZip(
        [valid],
        p.dict(p.text('w'), p.call(p.global('torch._utils', '_rebuild_parameter'), p.tuple(p.none))),
      ),
      /_rebuild_parameter: expected a tensor/,
    ),
    file(
      'a persistent id that is no storage',
      torchZip([valid], p.dict(p.text('w'), p.persistent(p.text('module')))),
      /expected its type, key, place and size/,
    ),
    file(
      'a storage of another class',
      torchZip(
        [valid],
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
      /collections\.OrderedDict: not a type of storage/,
    ),
  ];
}

/** The older format of torch.save. */
export function legacy(): HostileFile[] {
  const whole = torchLegacy([valid]);
  const at = whole.length - valid.values.length - 8;
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
  const dict = p.pickle(stateDict([valid], true));
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
      /legacy, os\.system: expected plain values here; nothing is called/,
    ),
    file(
      'legacy, os.system for the keys',
      rest(little, dict, p.pickle(p.call(p.global('os', 'system'), p.tuple()))),
      /os\.system/,
    ),
    file(
      'legacy, os.system in the state dict',
      torchLegacy([valid], p.dict(p.text('w'), p.call(p.global('os', 'system'), p.tuple()))),
      /state dict, os\.system: not called/,
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
