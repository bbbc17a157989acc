import type { RepeatStage, Stage, VariantStage } from '../definition/stage-schema.ts';

/** Whether a stage is a side experiment. It has no winner, so that no stage waits for it. The other stages are the main line. */
export function isSideExperiment<S extends Pick<Stage, 'kind'>>(
  stage: S,
): stage is S & { kind: 'variant' | 'repeat' } {
  return stage.kind === 'variant' || stage.kind === 'repeat';
}

/** The side experiments that can start once these stages have ended: what they train again is known. */
export function readySideExperiments(
  stages: readonly Stage[],
  ended: ReadonlySet<string>,
): (VariantStage | RepeatStage)[] {
  return stages.filter(isSideExperiment).filter((stage) => repeated(stage).every((name) => ended.has(name)));
}

// --- helpers ---

function repeated(stage: VariantStage | RepeatStage): string[] {
  return stage.kind === 'repeat' ? [stage.from] : stage.of.map((each) => each.stage);
}
