import { Command } from 'commander';
import { percent } from '../../report/format.ts';
import { readMetrics, readResult } from '../../storage/trials.ts';
import { QUERIES } from '../../study/temporal-names.ts';
import type { EpochLine } from '../../study/trial.ts';
import { trialKey } from '../../study/trial-key.ts';
import type { TrialStatus } from '../../workflows/trial-workflow.ts';
import { didYouMean } from '../did-you-mean.ts';
import { findStudy } from '../find-study.ts';
import { describeProgress, describeStanding } from '../format.ts';
import { helpText } from '../help.ts';
import { type StudyView, viewStudy } from '../observe-study.ts';
import { type Session, withSession } from '../session.ts';
import { studyView } from '../study-view.ts';
import { table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

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
    `${name} of ${studyId}: ${trial.standing ? describeStanding(trial.standing) : describeProgress(trial)}`,
  );
  console.log(`objects: trials/${key}/`);
  console.log(
    `starts from: ${spec.initialWeights === 'scratch' ? 'scratch' : `weights/${spec.initialWeights}`}`,
  );
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
