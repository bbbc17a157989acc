import { z } from 'zod';
import { checkSchema } from '../../study/definition/checks/check-schema.ts';
import { InvalidStudyError, selectProfile } from '../../study/definition/parse-study.ts';
import { studySchema } from '../../study/definition/study-schema.ts';
import { isValidId, MOST_ID_LENGTH } from '../../study/definition/text-schemas.ts';
import type { StudyRequest } from '../study-workflow.ts';

/**
 * Checks what a study is started with, and fills in what was left out: the command line has done so, but a study can also
 * be started in the Temporal UI.
 *
 * @throws {InvalidStudyError} that lists every fault.
 */
export function checkedRequest(studyId: string, input: unknown): StudyRequest {
  if (!isValidId(studyId)) {
    throw new InvalidStudyError(
      `workflow id: expected letters, digits, ".", "_" and "-", at most ${MOST_ID_LENGTH} of them, starting with a letter or ` +
        `digit and without "..", got "${studyId}"; start the study under another id`,
    );
  }
  const { data, faults } = checkSchema(requestSchema, input);
  if (!data) {
    const lines = faults.map((fault) => `  ${fault}`);
    throw new InvalidStudyError(`the input is not a study that can be run:\n${lines.join('\n')}`);
  }
  selectProfile(data.study, data.profile);
  return data;
}

// --- helpers ---

const requestSchema = z.strictObject({
  study: studySchema,
  profile: z.string(),
  source: z.strictObject({ archive: z.string().nullable() }),
  weights: z.strictObject({ file: z.string().nullable() }),
  fromScratch: z.boolean().exactOptional(),
  retrain: z.literal(true).exactOptional(),
  heartbeatSeconds: z.number().int().min(2).max(3600).exactOptional(),
});
