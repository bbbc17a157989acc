import { type InputForm, imageShape } from '../study/definition/input-form.ts';

/** What an example of the data is called. */
export type ExampleWord = 'image' | 'row';

export function exampleWord(input: InputForm): ExampleWord {
  return imageShape(input) ? 'image' : 'row';
}

/** `an image`, `a row` */
export function anExample(example: ExampleWord): string {
  return example === 'image' ? 'an image' : 'a row';
}
