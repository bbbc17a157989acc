import type { StudyView } from '../observe/observe-study.ts';

/** What waits for a person, and what to type. */
export function attentionText({ studyId, attention }: StudyView): string {
  return attention
    .flatMap(({ id, name, kind, failure }) => [
      `${id} needs attention: ${failure}`,
      `  npx staged-study retry ${studyId} ${name}`,
      ...(kind === 'test' ? [] : [`  npx staged-study retry ${studyId} ${name} --set learningRate=0.001`]),
      ...(kind === 'trial' ? [`  npx staged-study skip ${studyId} ${name}`] : []),
    ])
    .join('\n');
}
