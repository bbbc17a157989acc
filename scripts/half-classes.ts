/**
 * Makes two data sets with five of CIFAR-10's classes each, to pretrain on one and fine-tune on the other:
 *
 *     npx tsx scripts/half-classes.ts cifar-10-binary.tar.gz DIR
 *
 * It writes first-half.tar.gz (airplane to deer) and second-half.tar.gz (dog to truck) in the archive's layout. Each keeps
 * one image of every other class, because an archive must have all ten.
 *
 * It also writes studies of two networks. first-half.json trains both. second-half-rn14.json and second-half-rn50.json
 * train one of them each on the other classes, from those weights and from scratch. docs/weights.md has the commands and
 * their results.
 */

import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import type { StudyInput } from '../study/definition/study-schema.ts';
import type { Network } from '../study/definition/training-config.ts';
import { readCifar10Archive } from '../training/data/archive.ts';
import { PACKED_IMAGE_BYTES } from '../training/data/packed-images.ts';

const FOLDER = 'cifar-10-batches-bin';
const BATCHES = 5;

const NETWORKS: Record<string, Network> = {
  rn14: { kind: 'resnet', blocks: [1, 1, 1, 1], width: 16, hidden: [64] },
  rn50: { kind: 'resnet', blocks: [3, 4, 6, 3], width: 64, hidden: [1024, 256, 64, 16] },
};

const FIRST: StudyInput = {
  name: 'first-half',
  title: 'ResNets on airplane, automobile, bird, cat and deer',
  base: { epochs: 5 },
  stages: [
    {
      kind: 'compare',
      name: 'train',
      question: 'How well do the networks learn five classes?',
      candidates: Object.entries(NETWORKS).map(([name, network]) => ({ name, change: { network } })),
    },
  ],
  profiles: profile(20_000),
};

function second(name: string, network: Network): StudyInput {
  return {
    name: `second-half-${name}`,
    title: `${name} on dog, frog, horse, ship and truck`,
    base: { epochs: 5 },
    stages: [
      {
        kind: 'compare',
        name: 'start',
        question: 'Does it learn new classes faster from pretrained weights than from scratch?',
        candidates: [
          { name: 'scratch', change: { network } },
          { name: 'pretrained', change: { network: { ...network, pretrained: true } } },
        ],
      },
      { kind: 'test', name: 'test', question: 'How good is the better one?', from: 'start' },
    ],
    profiles: profile(5000),
  };
}

function profile(trainImages: number): StudyInput['profiles'] {
  const description = `${trainImages} images.`;
  return { half: { description, trainImages, testImages: 'all', epochDivisor: 1 } };
}

const [archive, folder] = process.argv.slice(2);
if (archive === undefined || folder === undefined)
  throw new Error('expected CIFAR-10’s archive and a folder, got fewer arguments');
await mkdir(folder, { recursive: true });
for (const study of [FIRST, ...Object.entries(NETWORKS).map(([name, network]) => second(name, network))]) {
  await writeFile(join(folder, `${study.name}.json`), `${JSON.stringify(study, null, 2)}\n`);
}

const { train, test, classes } = await readCifar10Archive(archive);
for (const [name, labels] of [
  ['first-half', [0, 1, 2, 3, 4]],
  ['second-half', [5, 6, 7, 8, 9]],
] as const) {
  const tar = pack();
  tar.entry({ name: `${FOLDER}/batches.meta.txt` }, `${classes.join('\n')}\n`);
  const packed = ofClasses(train, labels);
  const batchBytes = Math.ceil(packed.length / PACKED_IMAGE_BYTES / BATCHES) * PACKED_IMAGE_BYTES;
  for (let batch = 0; batch < BATCHES; batch++) {
    const entry = { name: `${FOLDER}/data_batch_${batch + 1}.bin` };
    tar.entry(entry, packed.subarray(batch * batchBytes, (batch + 1) * batchBytes));
  }
  tar.entry({ name: `${FOLDER}/test_batch.bin` }, ofClasses(test, labels));
  tar.finalize();
  await pipeline(tar, createGzip({ level: 1 }), createWriteStream(join(folder, `${name}.tar.gz`)));
}

/** The packed images of some classes, and one of each other class. */
function ofClasses(packed: Buffer, labels: readonly number[]): Buffer {
  const seen = new Set(labels);
  const kept: Buffer[] = [];
  for (let at = 0; at < packed.length; at += PACKED_IMAGE_BYTES) {
    const label = packed[at] as number;
    if (!labels.includes(label) && seen.has(label)) continue;
    seen.add(label);
    kept.push(packed.subarray(at, at + PACKED_IMAGE_BYTES));
  }
  return Buffer.concat(kept);
}
