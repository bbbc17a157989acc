import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../../infra/project.ts';
import { EXAMPLES } from '../../scripts/study-reference/examples.ts';
import { studyReference } from '../../scripts/study-reference/reference.ts';
import { parseStudy } from '../../study/definition/parse-study.ts';

it('is what `npm run study-reference` writes', () => {
  expect(readFileSync(join(projectRoot, 'docs/study-reference.md'), 'utf8')).toBe(studyReference());
});

it.each(Object.entries(EXAMPLES))('has a valid example: %s', (_name, { study }) => {
  parseStudy(study, 'the example');
});
