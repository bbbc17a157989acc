import type { Profile, Study } from '../study/definition/study-schema.ts';
import type { StudyStatus } from './status.ts';

/** What a study shows of itself before it has done anything. */
export function initialStatus(
  studyId: string,
  { study, profile }: { study: Study; profile: string },
): StudyStatus {
  return {
    studyId,
    title: study.title,
    profile,
    epochDivisor: profileOf(study, profile).epochDivisor,
    dataset: null,
    images: null,
    weights: null,
    stages: study.stages.map((stage) => ({
      name: stage.name,
      kind: stage.kind,
      question: stage.question,
      state: 'waiting',
      early: false,
      start: null,
      evaluations: stage.kind === 'search' ? stage.evaluations : null,
      standings: [],
      winner: null,
    })),
    attention: {},
    test: null,
    objectsUrl: null,
    end: null,
  };
}

/** @throws if the study has no such profile. The client checks that before it starts one. */
export function profileOf(study: Study, name: string): Profile {
  const profile = study.profiles[name];
  if (!profile) {
    throw new Error(`study ${study.name}: no profile "${name}"; the client checks this before it starts one`);
  }
  return profile;
}
