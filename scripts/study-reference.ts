/** Writes docs/study-reference.md: `npm run study-reference`. */
import { writeFileSync } from 'node:fs';
import { studyReference } from './study-reference/reference.ts';

writeFileSync(new URL('../docs/study-reference.md', import.meta.url), studyReference());
