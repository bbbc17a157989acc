import { expect, it } from 'vitest';
import { parseStudy } from '../../../study/definition/parse-study.ts';
import { type PossibleName, PossibleNames } from '../../../study/definition/possible-names.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { largerStudy } from '../../workflows/small-study.ts';

const names = new PossibleNames(parseStudy(largerStudy, 'larger').stages);

it.each<[PossibleName, PossibleName, boolean]>([
  [{ text: 'a' }, { text: 'a' }, true],
  [{ text: 'a' }, { text: 'b' }, false],
  // The winner of the first stage is `narrow` or `wide`.
  [{ after: 'width', text: '_fast' }, { text: 'wide_fast' }, true],
  [{ after: 'width', text: '_fast' }, { text: 'huge_fast' }, false],
  [{ after: 'width', text: '_fast' }, { after: 'width', text: '_fast' }, true],
  [{ after: 'width', text: '_fast' }, { after: 'width', text: '_slow' }, false],
  // The second stage ranks that winner too, so that its own winner may be `wide`, `wide_fast` or `wide_slow`.
  [{ after: 'rate', text: '_fast' }, { after: 'width', text: '_fast' }, true],
  [{ after: 'rate', text: '_fast' }, { text: 'wide_slow_fast' }, true],
  // A search adds nothing to the name.
  [{ after: 'search', text: '_x' }, { text: 'narrow_fast_x' }, true],
  [{ after: 'dropout', text: '' }, { text: 'narrow_fast_dropout_0.2' }, true],
  [{ after: 'dropout', text: '' }, { text: 'narrow_dropout_0.2_fast' }, false],
])('%j and %j may be equal: %s', (a, b, expected) => {
  expect(names.mayBeEqual(a, b)).toBe(expected);
  expect(names.mayBeEqual(b, a)).toBe(expected);
});

it('the shipped study has no names that could be equal', () => {
  expect(() => parseStudy(cifar10, 'cifar10')).not.toThrow();
});
