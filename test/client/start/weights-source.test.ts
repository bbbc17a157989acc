import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../client/command-line/exit-codes.ts';
import { withWeights } from '../../../client/start/weights-source.ts';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import { fromScratch } from '../../../study/definition/pretrained.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { fixturePath as fixture, fixtureNetwork } from '../../training/weights/fixtures.ts';
import { smallStudy, withAndWithoutWeights } from '../../workflows/small-study.ts';

const shipped = parseStudy(cifar10, 'cifar10');
const demo = selectProfile(shipped, 'demo');
const profiles = Object.values(shipped.profiles);

const network = fixtureNetwork;
const own = parseStudy(
  {
    ...smallStudy,
    stages: [withAndWithoutWeights(network)],
  },
  'own',
);
const tiny = selectProfile(own, 'tiny');

describe('without options', () => {
  it('a worker downloads torchvision’s weights', async () => {
    expect(await withWeights(shipped, profiles, {})).toEqual({
      study: shipped,
      weights: { file: null },
      fits: [],
    });
  });

  it('a network that torchvision’s weights do not fit is refused, with a way out', async () => {
    const refused = withWeights(own, [tiny], {});
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(
      /^--weights: expected weights for .*"width":1.*URL with --weights, .*--from-scratch/,
    );
  });
});

describe('--from-scratch', () => {
  it('makes all networks start from scratch', async () => {
    const { study, fits } = await withWeights(own, [tiny], { fromScratch: true });
    expect(study).toEqual(fromScratch(own));
    expect(JSON.stringify(study)).not.toContain('pretrained":true');
    expect(fits).toEqual([]);
  });
});

describe('--weights', () => {
  it('gives a worker the absolute path of a file that fits', async () => {
    const file = fixture('imagenet.legacy.pth');
    const { study, weights, fits } = await withWeights(own, [tiny], {
      weights: relative(process.cwd(), file),
    });
    expect(study).toBe(own);
    expect(weights).toEqual({ file });
    expect(fits).toEqual([
      'ResNet, blocks 1-1-1-1, width 1, dense 4: 85 of 87 tensors taken (torch.save, legacy); ' +
        "left out: fc.bias, [20] belongs to another network's head; fc.weight, [20, 32] belongs to another network's head; " +
        '17 counters (bn1.num_batches_tracked, …) are not used; ' +
        'from scratch: fc.0.weight, fc.0.bias, fc.1.weight, fc.1.bias',
    ]);
  });

  it('gives a worker a URL unchecked', async () => {
    const address = 'https://example.org/weights.pth';
    const { weights, fits } = await withWeights(own, [tiny], { weights: address });
    expect({ weights, fits }).toEqual({ weights: { file: address }, fits: [] });
  });

  it.each<[string, string, RegExp]>([
    [
      'nothing there',
      '/no/such/weights.pth',
      /^--weights: expected a file or URL of safetensors or torch\.save, got nothing there/,
    ],
    ['a folder', fixture('..'), /got something else/],
    [
      'no weights',
      fileURLToPath(import.meta.url),
      /^--weights: .*weights-source\.test\.ts: weights, beginning: expected safetensors/,
    ],
    [
      'another network’s',
      fixture('conv.pth'),
      /^--weights: the weights don't fit the network \{"kind":"resnet".*\n(.*\n)+ {2}layers\.3\.weight: the network has no such tensor/,
    ],
  ])('refuses %s', async (_what, weights, message) => {
    const refused = withWeights(own, [tiny], { weights });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
  });

  it('refuses weights that no network starts from', async () => {
    const refused = withWeights(shipped, [demo], { weights: fixture('conv.pth') });
    await expect(refused).rejects.toThrow(/^--weights: expected a study with a pretrained network, got none/);
  });
});
