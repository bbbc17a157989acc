import { expect, it } from 'vitest';
import { confusionOf, confusionSchema, storedConfusion } from '../../../study/record/confusion.ts';

it('keeps a matrix of few classes as numbers', () => {
  const matrix = [
    [3, 1],
    [0, 4],
  ];
  expect(storedConfusion(matrix)).toEqual(matrix);
  expect(confusionOf({ confusion: matrix })).toEqual(matrix);
});

it('keeps a matrix of 1,000 classes and 50,000 images below 3 MB of indented JSON, and gives it back', () => {
  const matrix = Array.from({ length: 1000 }, () => new Array<number>(1000).fill(0));
  for (let image = 0; image < 50_000; image++) (matrix[image % 1000]![(image * 7919) % 1000] as number)++;
  const stored = confusionSchema.parse(storedConfusion(matrix));
  expect(JSON.stringify(stored, null, 2).length).toBeLessThan(3_000_000);
  expect(confusionOf({ confusion: stored })).toEqual(matrix);
});

it.each([['1 2', ''], ['1  2'], ['1 -2'], ['a']])('refuses %j', (...rows) => {
  expect(confusionSchema.safeParse(rows).success).toBe(false);
});
