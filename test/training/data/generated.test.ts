import { describe, expect, it } from 'vitest';
import { generateImages } from '../../../training/data/generated.ts';
import { countLabels, unpackImages } from '../../../training/data/packed-images.ts';

const generated = generateImages();

describe('generateImages', () => {
  it('generates equally many images of ten named classes', () => {
    expect(generated).toMatchObject({ trainImages: 2_000, testImages: 500 });
    expect(countLabels(generated.train)).toEqual(new Array(10).fill(200));
    expect(countLabels(generated.test)).toEqual(new Array(10).fill(50));
    expect(new Set(generated.classes).size).toBe(10);
    expect(unpackImages(generated.train, 'generated').labels).toHaveLength(2_000);
  });

  it('generates the same bytes every time, and no image twice', () => {
    const again = generateImages();
    expect(again.train.equals(generated.train)).toBe(true);
    expect(again.test.equals(generated.test)).toBe(true);
    const { pixels } = unpackImages(Buffer.concat([generated.train, generated.test]), 'generated');
    const images = Array.from({ length: 2_500 }, (_, index) =>
      Buffer.from(pixels.subarray(index * 3072, index * 3072 + 64)).toString('hex'),
    );
    expect(new Set(images).size).toBe(2_500);
  });

  it('generates images that the mean image of each class is not enough to classify', () => {
    // The nearest mean is about what a linear classifier starts with.
    const train = unpackImages(generated.train, 'train');
    const test = unpackImages(generated.test, 'test');
    const means = Array.from({ length: 10 }, () => new Float64Array(3072));
    for (const [index, label] of train.labels.entries()) {
      const mean = means[label] as Float64Array;
      for (let i = 0; i < 3072; i++)
        mean[i] = (mean[i] as number) + (train.pixels[index * 3072 + i] as number) / 200;
    }
    let right = 0;
    for (const [index, label] of test.labels.entries()) {
      const distances = means.map((mean) => {
        let sum = 0;
        for (let i = 0; i < 3072; i++)
          sum += ((mean[i] as number) - (test.pixels[index * 3072 + i] as number)) ** 2;
        return sum;
      });
      if (distances.indexOf(Math.min(...distances)) === label) right++;
    }
    expect(right / 500).toBeGreaterThan(0.12);
    expect(right / 500).toBeLessThan(0.6);
  });
});
