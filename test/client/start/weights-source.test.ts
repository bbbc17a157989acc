import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../client/command-line/usage-error.ts';
import { withWeights } from '../../../client/start/weights-source.ts';
import { parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import { fromScratch } from '../../../study/definition/pretrained.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { fixturePath as fixture, fixtureNetwork } from '../../training/weights/fixtures.ts';
import { smallStudy, withAndWithoutWeights } from '../../workflows/small-study.ts';

const shipped = parseStudy(cifar10, 'cifar10');
const [demo, report] = ['demo', 'report'].map((name) => selectProfile(shipped, name));

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
  it('torchvision’s weights are for whoever fetches them', async () => {
    expect(await withWeights(shipped, [demo!, report!], {})).toEqual({
      ...{ study: shipped, weights: { file: null }, fits: [] },
    });
  });

  it('a network that torchvision’s weights do not fit is refused, with what to do', async () => {
    const refused = withWeights(own, [tiny], {});
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(
      /^--weights: expected weights for .*"width":1.*--weights FILE .*--from-scratch/,
    );
  });
});

describe('--from-scratch', () => {
  it('has no network start from weights', async () => {
    const { study, fits } = await withWeights(own, [tiny], { fromScratch: true });
    expect(study).toEqual(fromScratch(own));
    expect(JSON.stringify(study)).not.toContain('pretrained":true');
    expect(fits).toEqual([]);
  });
});

describe('--weights', () => {
  it('names a file that fits, for a worker in a folder of its own', async () => {
    const file = fixture('imagenet.legacy.pth');
    const { study, weights, fits } = await withWeights(own, [tiny], {
      weights: relative(process.cwd(), file),
    });
    expect(study).toBe(own);
    expect(weights).toEqual({ file });
    expect(fits).toEqual([
      'ResNet, blocks 1-1-1-1, width 1, dense 4: 85 of 87 tensors taken (torch.save, legacy); ' +
        "left out: fc.bias, [20] belongs to another network's head; fc.weight, [20, 32] belongs to another network's head; " +
        '17 counters (bn1.num_batches_tracked, …) are of no use here; ' +
        'from scratch: fc.0.weight, fc.0.bias, fc.1.weight, fc.1.bias',
    ]);
  });

  it('names an address, which a worker checks', async () => {
    const address = 'https://example.org/weights.pth';
    const { weights, fits } = await withWeights(own, [tiny], { weights: address });
    expect({ weights, fits }).toEqual({ weights: { file: address }, fits: [] });
  });

  it.each<[string, string, RegExp]>([
    [
      'nothing there',
      '/no/such/weights.pth',
      /^--weights: expected safetensors or a file of torch\.save, .*got nothing there/,
    ],
    ['a folder', fixture('..'), /got something that is no file/],
    [
      'no weights',
      fileURLToPath(import.meta.url),
      /^--weights: .*weights-source\.test\.ts: weights, beginning: expected safetensors/,
    ],
    [
      'another network’s',
      fixture('conv.pth'),
      /^--weights: the weights don't fit the network \(ResNet.*\n(.*\n)+ {2}layers\.3\.weight: the network has no such tensor/,
    ],
  ])('refuses %s', async (_what, weights, message) => {
    const refused = withWeights(own, [tiny], { weights });
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
  });

  it('refuses weights that nothing would start from', async () => {
    const refused = withWeights(shipped, [demo!], { weights: fixture('conv.pth') });
    await expect(refused).rejects.toThrow(/^--weights: expected a network that starts from them, got none/);
  });
});
