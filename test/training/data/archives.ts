import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

export type Tree = Record<string, Uint8Array | string>;

/** Writes files into a folder. */
export async function writeTree(folder: string, tree: Tree): Promise<void> {
  for (const [path, content] of Object.entries(tree)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** A tar archive of files, and of entries with headers of their own. */
export async function tarOf(
  tree: Tree,
  others: (Partial<Header> & { name: string })[] = [],
): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(tree)) archive.entry({ name }, Buffer.from(content as string));
  for (const header of others) archive.entry(header);
  archive.finalize();
  return buffer(archive);
}

export async function tarGzOf(
  tree: Tree,
  others: (Partial<Header> & { name: string })[] = [],
): Promise<Buffer> {
  return gzipSync(await tarOf(tree, others));
}

export interface ZipEntry {
  name: string;
  content: Uint8Array;
  /** What the archive says, if it is not the truth. */
  statedBytes?: number;
  crc?: number;
  /** Unix mode. */
  mode?: number;
}

/** A zip archive with deflated entries. */
export function zipOf(tree: Tree): Buffer {
  return zipOfEntries(
    Object.entries(tree).map(([name, content]) => ({ name, content: Buffer.from(content as string) })),
  );
}

export function zipOfEntries(entries: readonly ZipEntry[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const {
    name,
    content,
    statedBytes = content.length,
    crc = crc32(content),
    mode = 0o100644,
  } of entries) {
    const packed = deflateRawSync(content);
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2); // UTF-8
    common.writeUInt16LE(8, 4); // deflate
    common.writeUInt32LE(crc, 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(statedBytes, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const header = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, nameBytes, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const made = Buffer.from([20, 3]); // made by Unix
    central.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), made, common, tail, nameBytes]));
    local.push(header);
    offset += header.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

/** A `.npy` file. */
export function npyOf(type: string, shape: number[], values: Uint8Array): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const padding = 64 - ((10 + text.length + 1) % 64);
  const header = Buffer.from(`${text}${' '.repeat(padding)}\n`, 'latin1');
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(header.length, 8);
  return Buffer.concat([start, header, values]);
}

export function bytesOf({ buffer: memory, byteOffset, byteLength }: NodeJS.TypedArray): Buffer {
  return Buffer.from(memory as ArrayBuffer, byteOffset, byteLength);
}
