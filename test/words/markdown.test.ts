import { expect, it } from 'vitest';
import { inMarkdown } from '../../words/markdown.ts';

it.each([
  ['train_loss of __init__ became NaN', 'train_loss of \\_\\_init\\_\\_ became NaN'],
  ['got `1`\n\n# and *more*', 'got \\`1\\` # and \\*more\\*'],
  ['![](http://tracker.example/a.png)', '!\\[\\](http://tracker.example/a.png)'],
  ['<img src=x onerror=alert(1)> &lt;b&gt;', '\\<img src=x onerror=alert(1)\\> \\&lt;b\\&gt;'],
  ['a\\b ~~c~~ [ok](javascript:x)', 'a\\\\b \\~\\~c\\~\\~ \\[ok\\](javascript:x)'],
])('%j is shown as it is', (text, markdown) => {
  expect(inMarkdown(text)).toBe(markdown);
});
