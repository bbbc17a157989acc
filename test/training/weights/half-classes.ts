/**
 * Two data sets of CIFAR-10's classes, five each, to fine-tune on one what was learnt on the other:
 *
 *     npx tsx test/training/weights/half-classes.ts cifar-10-binary.tar.gz DIR
 *
 * writes first-half.tar.gz (airplane to deer) and second-half.tar.gz (dog to truck), in the layout of the archive, and two
 * studies of a small ResNet: first-half.json trains it, and second-half.json trains it on the other classes from those weights
 * and from scratch. Of each class of the other half one image stays, since an archive has all ten.
 */

import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { StudyInput } from '../../../study/study-schema.ts';
import type { Network } from '../../../study/training-config.ts';
import { readCifar10Archive } from '../../../training/data/archive.ts';
import { RECORD_BYTES } from '../../../training/data/records.ts';

const FOLDER = 'cifar-10-batches-bin';
const BATCHES = 5;

const network: Network = { kind: 'resnet', blocks: [1, 1, 1, 1], width: 16, hidden: [64] };
const first: StudyInput = {
  name: 'first-half',
  title: 'A small ResNet on airplane, automobile, bird, cat and deer',
  base: { epochs: 10 },
  stages: [
    {
      kind: 'compare',
      name: 'train',
      question: 'What can be learnt from five classes?',
      candidates: [{ name: 'resnet', change: { network } }],
    },
  ],
  profiles: {
    half: { description: '20,000 images.', trainImages: 20_000, testImages: 'all', epochDivisor: 1 },
  },
};
const second: StudyInput = {
  name: 'second-half',
  title: 'The same ResNet on dog, frog, horse, ship and truck',
  base: { epochs: 5 },
  stages: [
    {
      kind: 'compare',
      name: 'start',
      question: 'Does it learn new classes sooner from the weights of others than from scratch?',
      candidates: [
        { name: 'scratch', change: { network } },
        { name: 'pretrained', change: { network: { ...network, pretrained: true } } },
      ],
    },
    { kind: 'test', name: 'test', question: 'How good is the better one?', from: 'start' },
  ],
  profiles: { half: { description: '5,000 images.', trainImages: 5000, testImages: 'all', epochDivisor: 1 } },
};

const [archive, folder] = process.argv.slice(2);
if (archive === undefined || folder === undefined)
  throw new Error('expected CIFAR-10’s archive and a folder');
await mkdir(folder, { recursive: true });
const { train, test, classes } = await readCifar10Archive(archive);
for (const { study, labels } of [
  { study: first, labels: [0, 1, 2, 3, 4] },
  { study: second, labels: [5, 6, 7, 8, 9] },
]) {
  await writeFile(join(folder, `${study.name}.json`), `${JSON.stringify(study, null, 2)}\n`);
  const tar = pack();
  tar.entry({ name: `${FOLDER}/batches.meta.txt` }, `${classes.join('\n')}\n`);
  const records = ofClasses(train, labels);
  const batchBytes = Math.ceil(records.length / RECORD_BYTES / BATCHES) * RECORD_BYTES;
  for (let batch = 0; batch < BATCHES; batch++) {
    const name = `${FOLDER}/data_batch_${batch + 1}.bin`;
    tar.entry({ name }, records.subarray(batch * batchBytes, (batch + 1) * batchBytes));
  }
  tar.entry({ name: `${FOLDER}/test_batch.bin` }, ofClasses(test, labels));
  tar.finalize();
  await pipeline(tar, createGzip({ level: 1 }), createWriteStream(join(folder, `${study.name}.tar.gz`)));
}

/** The records of some classes, and one of every other. */
function ofClasses(records: Buffer, labels: number[]): Buffer {
  const seen = new Set(labels);
  const kept: Buffer[] = [];
  for (let at = 0; at < records.length; at += RECORD_BYTES) {
    const label = records[at] as number;
    if (!labels.includes(label) && seen.has(label)) continue;
    seen.add(label);
    kept.push(records.subarray(at, at + RECORD_BYTES));
  }
  return Buffer.concat(kept);
}
