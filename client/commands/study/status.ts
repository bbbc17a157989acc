import { isSideExperiment } from '../../../study/plan/side-experiments.ts';
import { plural } from '../../../words/numbers.ts';
import { winnersScoreInWords } from '../../../words/outcome.ts';
import { statusInWords } from '../../../words/study-end.ts';
import { testScoreInLine } from '../../../words/test-score.ts';
import { verdictInWords } from '../../../words/verdict.ts';
import { EXIT } from '../../command-line/exit-codes.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type StageView, type StudyView, viewStudy } from '../../observe/observe-study.ts';
import { warnOfOtherNumerics } from '../../servers/other-numerics.ts';
import { warnIfNothingTrains, withSession } from '../../servers/session.ts';
import {
  describeAttention,
  describeDataset,
  describeEarlyEnd,
  describeEvaluations,
  describeFailedAttempt,
  describePause,
  describeProgress,
} from '../../terminal/format.ts';
import { describeTrainingTime } from '../../terminal/training-time.ts';

export async function status(studyId: string, { json }: { json?: boolean }): Promise<void> {
  await withSession({ level: 'queries' }, async (session) => {
    await findStudy(session, studyId);
    const view = await viewStudy(session.client, studyId);
    if (json) console.log(JSON.stringify(view, null, 2));
    else console.log(summary(view, await describeTrainingTime(session.store, view)));
    if (view.workflowStatus === 'RUNNING') {
      warnIfNothingTrains(session, studyId);
      await warnOfOtherNumerics(session, studyId);
    }
    process.exitCode = exitCode(view);
  });
}

// --- helpers ---

function summary(view: StudyView, trainingTime: string | undefined): string {
  const [end = statusInWords(view.workflowStatus), ...whatToDo] = describeEarlyEnd(view);
  const [state = end] = describePause(view);
  const lines = [`${view.studyId}: ${state}`];
  for (const { name, winner, verdict } of view.stages) {
    if (!winner) continue;
    lines.push(`  ${name}: ${winner.name}, ${winnersScoreInWords(winner)}`);
    if (verdict) lines.push(`    ${verdictInWords(winner.name, verdict, { example: view.example })}`);
  }
  for (const stage of view.stages)
    if (stage.searchEnd && stage.searchEnd.end !== 'completed')
      lines.push(`  ${stage.name}: ${describeEvaluations(stage)}`);
  if (view.test) lines.push(`  test: ${testScoreInLine(view.test, `${view.example ?? 'image'}s`)}`);
  if (trainingTime) lines.push(`  training: ${trainingTime}`);
  lines.push(...whatToDo);
  if (view.workflowStatus === 'RUNNING' && !view.dataset) lines.push(describeDataset(view));
  if (view.failedAttempt)
    lines.push(`${view.failedAttempt.of}: ${describeFailedAttempt(view.failedAttempt)}`);
  if (view.workflowStatus === 'RUNNING')
    view.stages.forEach((stage, index) => {
      if (stage.state !== 'running') return;
      const what = isSideExperiment(stage) ? 'side experiment' : 'stage';
      lines.push(`${what} ${stage.name} (${index + 1} of ${view.stages.length}): ${describeEnded(stage)}`);
      for (const trial of stage.trials)
        if (trial.state === 'training') lines.push(`  ${trial.name}: ${describeProgress(trial)}`);
    });
  if (view.attention.length > 0) lines.push(describeAttention(view));
  return lines.join('\n');
}

function describeEnded(stage: StageView): string {
  const ended = stage.trials.filter(({ state }) => state === 'done').length;
  return describeEvaluations(stage) ?? `${ended} of ${plural(stage.trials.length, 'trial')} ended`;
}

function exitCode({ workflowStatus, attention }: StudyView): number {
  if (attention.length > 0 && workflowStatus === 'RUNNING') return EXIT.needsAttention;
  return workflowStatus === 'RUNNING' || workflowStatus === 'COMPLETED' ? EXIT.success : EXIT.failure;
}
