import { Command } from 'commander';
import { readMetrics, readResult } from '../../../storage/trials/trials.ts';
import type { EpochLine } from '../../../study/trial/trial.ts';
import { trialKey } from '../../../study/trial/trial-key.ts';
import { QUERIES } from '../../../temporal/names.ts';
import { percent } from '../../../words/numbers.ts';
import { standingInWords } from '../../../words/outcome.ts';
import { initialWeightsInWords } from '../../../words/weights.ts';
import type { TrialStatus } from '../../../workflows/trial-workflow.ts';
import { didYouMean } from '../../command-line/did-you-mean.ts';
import { helpText } from '../../command-line/help.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type StudyView, viewStudy } from '../../observe/observe-study.ts';
import { type Session, withSession } from '../../servers/session.ts';
import { describeProgress } from '../../terminal/format.ts';
import { studyView } from '../../terminal/study-view.ts';
import { table } from '../../terminal/table.ts';

export function showCommand(): Command {
  return new Command('show')
    .description(
      'Show a study: its stages and leaderboards; or one of its trials: configuration and every epoch.',
    )
    .argument('<study>', 'the id of a study (see list)')
    .argument('[trial]', 'the name of one of its trials')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: ['show cifar10-demo-1', 'show cifar10-demo-1 MLP', 'show cifar10-demo-1 MLP --json'],
        exits: { 0: 'done', 1: 'failed' },
      }),
    )
    .action((studyId: string, trial: string | undefined, { json }: { json?: boolean }) =>
      withSession({}, async (session) => {
        await findStudy(session, studyId);
        const view = await viewStudy(session.client, studyId);
        if (trial === undefined) showStudy(view, json);
        else await showTrial(session, view, trial, json);
      }),
    );
}

// --- helpers ---

function showStudy(view: StudyView, json = false): void {
  console.log(
    json
      ? JSON.stringify(view, null, 2)
      : studyView(view, process.stdout.columns || Number.POSITIVE_INFINITY),
  );
}

async function showTrial(
  { client, store }: Session,
  { studyId, stages }: StudyView,
  name: string,
  json = false,
): Promise<void> {
  const trials = stages.flatMap((stage) => stage.trials).filter(({ standing }) => !standing?.takenOver);
  const trial = trials.find((each) => each.name === name);
  if (!trial) {
    const names = trials.map((each) => each.name);
    throw new UsageError(
      `trial: expected the name of a trial of ${studyId}, got "${name}"${didYouMean(name, names)}; ` +
        (names.length > 0 ? `they are ${names.join(', ')}` : 'it has none yet'),
    );
  }
  const { spec } = await client.workflow.getHandle(trial.id).query<TrialStatus>(QUERIES.trialStatus);
  const key = trialKey(spec);
  const result = await readResult(store, key);
  const lines = result?.lines ?? (await readMetrics(store, key));
  if (json)
    return console.log(
      JSON.stringify({ trial: name, trialKey: key, spec, lines, result: result ?? null }, null, 2),
    );
  console.log(
    `${name} of ${studyId}: ${trial.standing ? standingInWords(trial.standing) : describeProgress(trial)}`,
  );
  console.log(`objects: trials/${key}/`);
  console.log(`starts from: ${initialWeightsInWords(spec.initialWeights)}`);
  console.log(`${JSON.stringify(spec.config, null, 2)}\n`);
  console.log(
    table(['epoch', 'train loss', 'train accuracy', 'val loss', 'val accuracy', 'seconds'], lines.map(row)),
  );
}

function row(line: EpochLine): string[] {
  return [
    String(line.epoch),
    line.train_loss.toFixed(4),
    percent(line.train_accuracy),
    line.val_loss.toFixed(4),
    percent(line.val_accuracy),
    line.seconds.toFixed(1),
  ];
}
