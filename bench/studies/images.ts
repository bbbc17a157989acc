import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { CIFAR10_CLASSES } from '../../study/shipped/class-names.ts';
import { readCifar10Archive } from '../../training/data/archive.ts';
import { generateImages } from '../../training/data/generated.ts';

/** Images for both sides of a comparison. */
export interface StudyImages {
  kind: 'CIFAR-10' | 'generated';
  /** The archive's file, for `--dataset`. */
  archive: string;
  /** The packed training images. */
  train: Uint8Array;
}

/**
 * The images of the archive that `CIFAR10_ARCHIVE` names, if it has enough; otherwise generated ones, in an archive that
 * is written into the folder.
 *
 * @param needed number of training images, a multiple of 50.
 * @throws {ArchiveError} if `CIFAR10_ARCHIVE` names something else than CIFAR-10's archive.
 */
export async function studyImages(folder: string, needed: number): Promise<StudyImages> {
  const named = process.env.CIFAR10_ARCHIVE;
  if (named) {
    const { train, trainImages } = await readCifar10Archive(named);
    if (trainImages >= needed) return { kind: 'CIFAR-10', archive: resolve(named), train };
  }
  const archive = await generatedArchive(folder, needed);
  return { kind: 'generated', archive, train: (await readCifar10Archive(archive)).train };
}

/**
 * Writes generated images into the folder, in the format of CIFAR-10's archive.
 *
 * @param trainImages a multiple of 50.
 * @returns the archive's file.
 */
export async function generatedArchive(folder: string, trainImages: number): Promise<string> {
  const { train, test } = generateImages({ trainImages, testImages: 100 });
  const archive = join(folder, 'generated.tar.gz');
  await writeFile(archive, await archiveOf(train, test));
  return archive;
}

// --- helpers ---

const FOLDER = 'cifar-10-batches-bin';
const BATCHES = 5;

async function archiveOf(train: Buffer, test: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: `${FOLDER}/batches.meta.txt` }, `${CIFAR10_CLASSES.join('\n')}\n`);
  const batchBytes = train.length / BATCHES;
  for (let batch = 0; batch < BATCHES; batch++) {
    const bytes = train.subarray(batch * batchBytes, (batch + 1) * batchBytes);
    tar.entry({ name: `${FOLDER}/data_batch_${batch + 1}.bin` }, bytes);
  }
  tar.entry({ name: `${FOLDER}/test_batch.bin` }, test);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}
