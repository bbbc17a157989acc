import { p, stateDict, torchZip, zip } from '../torch-writer.ts';
import { file, type HostileFile, valid } from './hostile-file.ts';

/** Something else than a file of weights. */
export function strangers(): HostileFile[] {
  return [
    file('empty', Buffer.alloc(0), /expected safetensors or a file of torch\.save, got neither/),
    file(
      'a web page',
      Buffer.from('<!DOCTYPE html><title>404</title>'),
      /a web page: the URL is not a download link/,
    ),
    file('HDF5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /HDF5, which Keras writes/),
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

export function safetensors(): HostileFile[] {
  const made = (header: unknown, values: Buffer, claimed?: bigint) => {
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(claimed ?? BigInt(json.length));
    return Buffer.concat([length, json, values]);
  };
  const w = (dtype: string, shape: number[], begin: number, end: number) => ({
    dtype,
    shape,
    data_offsets: [begin, end],
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

export function zips(): HostileFile[] {
  const whole = torchZip([valid]);
  const pickle = { name: 'a/data.pkl', content: p.pickle(stateDict([valid])) };
  const values = { name: 'a/data/fc.weight', content: valid.values };
  const zip64 = Buffer.from(whole);
  zip64.writeUInt32LE(0xffffffff, zip64.length - 6);
  const lying = Buffer.from(whole);
  lying.writeUInt16LE(99, lying.length - 12);
  const zeros = { name: 'a/x', content: Buffer.alloc(1000) };
  return [
    file('an archive cut off', whole.subarray(0, -10), /cut off, or other bytes follow/),
    file('bytes behind the archive', Buffer.concat([whole, Buffer.alloc(3)]), /other bytes follow/),
    file('a directory that is not there', zip64, /got zip64/),
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
      /to lie before the directory/,
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
      /a\/x: it occurs twice/,
    ),
    file(
      'an encrypted entry',
      zip([{ ...pickle, lies: { flags: 1 } }, values]),
      /data\.pkl: it is encrypted/,
    ),
    file(
      'two names for one entry',
      zip([pickle, { ...values, lies: { localName: 'a/data/fc.weighs' } }]),
      /its own header differs/,
    ),
    file('no pickle', zip([values]), /expected one entry FOLDER\/data\.pkl, got 0/),
    file('two pickles', zip([pickle, { ...pickle, name: 'b/data.pkl' }]), /got 2/),
    file('no values', zip([pickle]), /a\/data\/fc\.weight: expected the values of a storage/),
    file(
      'too few values',
      zip([pickle, { ...values, content: valid.values.subarray(4) }]),
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
