import { WeightsError } from './weights-error.ts';

/**
 * Reads a zip archive of uncompressed entries, which torch.save writes. The format:
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT.
 *
 * Nothing is decompressed, so nothing can grow: each entry is a view of the archive's bytes, and no two entries overlap.
 * The central directory must agree with each entry's own header, and the CRC-32 with the entry's bytes. Archives of 4 GiB
 * and more (zip64) are refused.
 *
 * @returns the entries' bytes by name.
 * @throws {WeightsError}
 */
export function readStoredZip(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view);
  const listed = readDirectory(bytes, view, directory).sort((a, b) => a.at - b.at);
  const entries = new Map<string, Uint8Array>();
  let free = 0;
  for (const entry of listed) {
    if (entries.has(entry.name)) throw new WeightsError('zip', entry.name, 'it occurs twice');
    const begin = checkHeader(bytes, view, entry, directory.at);
    if (entry.at < free) throw new WeightsError('zip', entry.name, 'it overlaps another entry');
    free = begin + entry.size;
    const content = bytes.subarray(begin, free);
    const crc = crc32(content);
    if (crc !== entry.crc) {
      throw new WeightsError(
        'zip',
        entry.name,
        `expected the CRC-32 ${hex(entry.crc)}, got ${hex(crc)}; it is damaged`,
      );
    }
    entries.set(entry.name, content);
  }
  return entries;
}

// --- helpers ---

const SIGNATURE = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const HEADER_BYTES = { local: 30, central: 46, end: 22 } as const;
const ENCRYPTED = 1;
/** The value of a field whose real value is in a zip64 record. */
const FULL = { short: 0xffff, long: 0xffffffff } as const;

interface Directory {
  at: number;
  end: number;
  entries: number;
}

interface Entry {
  name: string;
  /** Position of its own header. */
  at: number;
  size: number;
  crc: number;
}

/** The end record is at the very end, because torch.save writes no comment after it. */
function findDirectory(view: DataView): Directory {
  const at = view.byteLength - HEADER_BYTES.end;
  if (at < 0 || view.getUint32(at, true) !== SIGNATURE.end) {
    throw new WeightsError(
      'zip',
      'end',
      'expected the end record of an archive; the file is cut off, or other bytes follow the archive',
    );
  }
  const entries = view.getUint16(at + 10, true);
  const size = view.getUint32(at + 12, true);
  const begin = view.getUint32(at + 16, true);
  if (entries === FULL.short || size === FULL.long || begin === FULL.long) {
    throw new WeightsError(
      'zip',
      'end',
      'expected an archive of less than 4 GiB and 65,535 entries, got zip64',
    );
  }
  if (begin + size > at) {
    throw new WeightsError(
      'zip',
      'end',
      `expected the directory, bytes ${begin} to ${begin + size}, to end before byte ${at}`,
    );
  }
  return { at: begin, end: begin + size, entries };
}

function readDirectory(bytes: Uint8Array, view: DataView, { at: begin, end, entries }: Directory): Entry[] {
  const listed: Entry[] = [];
  let at = begin;
  for (let index = 0; index < entries; index++) {
    const where = `directory entry ${index}`;
    if (at + HEADER_BYTES.central > end || view.getUint32(at, true) !== SIGNATURE.central) {
      throw new WeightsError('zip', where, `expected ${entries} entries in the directory, found ${index}`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const next =
      at + HEADER_BYTES.central + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw new WeightsError('zip', where, 'it ends outside the directory');
    const name = decode(bytes, at + HEADER_BYTES.central, nameLength);
    const [packed, size] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    if (view.getUint16(at + 8, true) & ENCRYPTED) throw new WeightsError('zip', name, 'it is encrypted');
    if (view.getUint16(at + 10, true) !== 0 || packed !== size) {
      throw new WeightsError(
        'zip',
        name,
        'it is compressed; torch.save does not compress entries: unpack the archive and pack it without compression',
      );
    }
    listed.push({ name, at: view.getUint32(at + 42, true), size, crc: view.getUint32(at + 16, true) });
    at = next;
  }
  return listed;
}

/** Compares an entry's own header with the directory. @returns the position of the entry's bytes. */
function checkHeader(bytes: Uint8Array, view: DataView, { name, at, size }: Entry, limit: number): number {
  const fits = at + HEADER_BYTES.local <= limit && view.getUint32(at, true) === SIGNATURE.local;
  if (!fits) throw new WeightsError('zip', name, `expected its header at byte ${at}, found none`);
  const nameLength = view.getUint16(at + 26, true);
  const begin = at + HEADER_BYTES.local + nameLength + view.getUint16(at + 28, true);
  if (begin + size > limit) {
    throw new WeightsError(
      'zip',
      name,
      `expected its bytes ${begin} to ${begin + size} to lie before the directory at ${limit}`,
    );
  }
  if (view.getUint16(at + 8, true) !== 0 || decode(bytes, at + HEADER_BYTES.local, nameLength) !== name) {
    throw new WeightsError('zip', name, 'its own header differs from the directory');
  }
  return begin;
}

function decode(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder().decode(bytes.subarray(at, at + length));
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] as number);
  return ~crc >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
