import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { CIFAR10_CLASSES } from '../../study/shipped/class-names.ts';
import { generateImages } from '../../training/data/generated.ts';

const BATCHES = 5;
const FOLDER = 'cifar-10-batches-bin';

/** Generated images: 200 training images and 100 test images. */
export const smallImages = generateImages({ trainImages: 200, testImages: 100 });

/**
 * Images, laid out as in CIFAR-10's binary archive.
 *
 * @param images the number of training images is a multiple of 5.
 */
export async function smallArchive({ train, test } = smallImages): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: `${FOLDER}/batches.meta.txt` }, `${CIFAR10_CLASSES.join('\n')}\n`);
  const batchBytes = train.length / BATCHES;
  for (let batch = 0; batch < BATCHES; batch++) {
    const bytes = train.subarray(batch * batchBytes, (batch + 1) * batchBytes);
    archive.entry({ name: `${FOLDER}/data_batch_${batch + 1}.bin` }, bytes);
  }
  archive.entry({ name: `${FOLDER}/test_batch.bin` }, test);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}
