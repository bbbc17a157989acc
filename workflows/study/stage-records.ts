import type { EndedStage } from '../../activities/write-stage.ts';
import type { Stage, VariantStage } from '../../study/definition/stage-schema.ts';
import type { TrialStanding } from '../../study/record/record.ts';
import { writeStage } from '../activities.ts';
import { all } from '../children.ts';
import type { StageProgress } from '../status.ts';

/**
 * The records of a study's stages. Each is written when its stage has ended, beside what follows.
 *
 * @param standings of the stages that have ended.
 */
export function stageRecords(studyId: string, standings: ReadonlyMap<string, TrialStanding[]>) {
  const underWay: Promise<void>[] = [];
  return { write, written };

  /** Begins to write, and enters the stage's verdict once it is known. */
  function write(stage: Exclude<Stage, { kind: 'test' }>, progress: StageProgress): void {
    const { name, kind } = stage;
    const ended: EndedStage = {
      name,
      kind,
      start: progress.start,
      standings: standings.get(name) ?? [],
      winner: progress.winner?.name ?? null,
      ...(kind === 'variant' && { ordinary: ordinaryRuns(stage) }),
      ...(progress.searchEnd && { search: progress.searchEnd }),
    };
    const written = writeStage({ studyId, stage: ended }).then(({ verdict }) => {
      progress.verdict = verdict;
    });
    // It fails the study, but not before the other stages have ended.
    written.catch(() => {});
    underWay.push(written);
  }

  /** When all that were begun are there. */
  async function written(): Promise<void> {
    await all(underWay);
  }

  /** The runs that those of a variant are compared with. */
  function ordinaryRuns({ of }: VariantStage): NonNullable<EndedStage['ordinary']> {
    const varied = [...new Set(of.map(({ stage }) => stage))];
    const runs = varied.flatMap((stage) => standings.get(stage) ?? []).filter(({ takenOver }) => !takenOver);
    return runs.map(({ name, candidate, trialKey, score }) => ({
      name,
      ...(candidate !== undefined && { candidate }),
      trialKey,
      score,
    }));
  }
}
