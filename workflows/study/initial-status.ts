import { selectProfile } from '../../study/definition/parse-study.ts';
import type { Study } from '../../study/definition/study-schema.ts';
import type { StudyStatus } from '../status.ts';

/** What a study shows of itself before it has done anything. */
export function initialStatus(
  studyId: string,
  { study, profile }: { study: Study; profile: string },
): StudyStatus {
  return {
    ...nothingYet(studyId),
    title: study.title,
    profile,
    epochDivisor: selectProfile(study, profile).epochDivisor,
    ...(study.data?.kind === 'table' && { example: 'row' }),
    stages: study.stages.map((stage) => ({
      name: stage.name,
      kind: stage.kind,
      question: stage.question,
      state: 'waiting',
      early: false,
      start: null,
      evaluations: stage.kind === 'search' ? stage.evaluations : null,
      winner: null,
      verdict: null,
    })),
  };
}

/** What a workflow shows of itself whose input is no study. */
export function refusedStatus(studyId: string): StudyStatus {
  return { ...nothingYet(studyId), title: 'Not a study that can be run', profile: '…', epochDivisor: 1 };
}

// --- helpers ---

function nothingYet(studyId: string): Omit<StudyStatus, 'title' | 'profile' | 'epochDivisor'> {
  return {
    studyId,
    dataset: null,
    images: null,
    weights: null,
    stages: [],
    attention: {},
    isPaused: false,
    test: null,
    objectsUrl: null,
    end: null,
  };
}
