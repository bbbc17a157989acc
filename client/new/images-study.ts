import type { PlannedNetwork } from '../../study/definition/planned-network.ts';
import type { FoundData } from '../../trainer/protocol.ts';
import { count, plural } from '../../words/numbers.ts';
import { newProfiles, newStages, STAGE_COMMENTS } from './new-stages.ts';
import type { NewStudy } from './study-text.ts';

type FoundImages = Extract<FoundData, { kind: 'images' }>;

/** A study about images. @param source their path, from the folder of the study's file. */
export function imagesStudy(name: string, source: string, found: FoundImages): NewStudy {
  const { classes, examples, hasTest, isGrey, sizes } = found;
  const { height, width, reason } = preparedSize(sizes);
  const training = hasTest ? examples : Math.round(examples * (1 - TEST_FRACTION));
  return {
    study: {
      name,
      title: `Which network tells ${classes.length} classes of ${name} apart?`,
      data: {
        kind: 'images',
        source,
        classes: classes.length,
        height,
        width,
        channels: isGrey ? 1 : 3,
        fit: 'crop',
        ...(!hasTest && { testFraction: TEST_FRACTION }),
      },
      base: { epochs: 20, batchSize: 32, learningRate: 0.02, horizontalFlip: 0.5 },
      ...newProfiles(training),
      stages: newStages(networksFor(height, width)),
    },
    found: [
      `${plural(examples, isGrey ? 'grey image' : 'image')} in ${plural(classes.length, 'class', 'classes')}: ${shown(classes)}`,
      `${sizesInWords(sizes)}; ${hasTest ? 'with test images of their own' : 'without test images of their own: a part is split off'}`,
    ],
    comments: {
      'data.height': reason,
      'data.fit': 'Of images of another shape, `crop` takes the middle; `pad` and `squash` keep all of it.',
      ...(!hasTest && { 'data.testFraction': 'This part is for the test alone.' }),
      'base.horizontalFlip': 'Set this to 0 if left and right matter, as in texts.',
      ...STAGE_COMMENTS,
    },
  };
}

// --- helpers ---

const TEST_FRACTION = 0.2;
/** Larger images take a processor too long for a first study. */
const LARGEST = 64;

function preparedSize(sizes: FoundImages['sizes']): { height: number; width: number; reason: string } {
  const [first] = sizes;
  const same = first && sizes.every(({ width, height }) => width === first.width && height === first.height);
  if (same && Math.max(first.width, first.height) <= LARGEST) {
    return { height: first.height, width: first.width, reason: 'The size that the images have.' };
  }
  const edges = sizes.map(({ width, height }) => Math.min(width, height)).sort((a, b) => a - b);
  const usual = edges[Math.floor(edges.length / 2)] ?? LARGEST;
  const size = usual >= LARGEST ? LARGEST : Math.max(8, usual);
  return {
    height: size,
    width: size,
    reason: `Images are resized to this once. Larger ones show more, and take longer: twice the size takes about four times as long.`,
  };
}

function networksFor(
  height: number,
  width: number,
): { name: string; note: string; network: PlannedNetwork }[] {
  const smallest = Math.min(height, width);
  const conv = (filters: number) => ({ filters, kernel: 3, padding: 1 });
  const dense = {
    name: 'dense',
    note: 'The baseline: it sees pixels without their places.',
    network: { kind: 'dense' as const, hidden: [256, 64] },
  };
  if (smallest < 4)
    return [dense, { ...dense, name: 'wide', network: { kind: 'dense', hidden: [1024, 128] } }];
  // Each convolution's pool halves the image.
  const filters = smallest >= 48 ? [16, 32, 64, 64] : smallest >= 24 ? [32, 64, 64] : [32, 64];
  const small = smallest >= 48 ? [16, 32, 32] : smallest >= 24 ? [16, 32] : [16];
  return [
    dense,
    {
      name: 'small_cnn',
      note: 'Few filters: fast.',
      network: { kind: 'conv', convolutions: small.map(conv), hidden: [64] },
    },
    {
      name: 'cnn',
      note: 'More filters and one convolution more.',
      network: { kind: 'conv', convolutions: filters.map(conv), hidden: [128] },
    },
  ];
}

function shown(classes: readonly string[]): string {
  return classes.slice(0, 8).join(', ') + (classes.length > 8 ? `, … (${count(classes.length)})` : '');
}

function sizesInWords(sizes: FoundImages['sizes']): string {
  const edges = sizes.flatMap(({ width, height }) => [width, height]);
  const [least, most] = [Math.min(...edges), Math.max(...edges)];
  return least === most ? `${least}×${least} pixels` : `edges of ${least} to ${most} pixels`;
}
