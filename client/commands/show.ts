import { Command } from 'commander';
import { UserError } from '../../infra/user-error.ts';
import type { ObjectStore } from '../../storage/object-store.ts';
import { readStudy } from '../../storage/studies.ts';
import { readMetrics, readResult } from '../../storage/trials.ts';
import { QUERIES } from '../../study/temporal-names.ts';
import type { EpochLine } from '../../study/trial.ts';
import { trialKey } from '../../study/trial-key.ts';
import type { TrialStatus } from '../../workflows/trial-workflow.ts';
import { describeProgress, describeStanding, percent } from '../format.ts';
import { viewStudy } from '../observe-study.ts';
import { type Session, withSession } from '../session.ts';
import { studyView } from '../study-view.ts';
import { table } from '../table.ts';

export function showCommand(): Command {
  return new Command('show')
    .description(
      'Show a study: its stages and leaderboards; or one of its trials: configuration and every epoch.',
    )
    .argument('<study>', 'the id of a study (see list)')
    .argument('[trial]', 'the name of one of its trials')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  npx staged-study show cifar10-demo-1 MLP')
    .action((study: string, trial: string | undefined, { json }: { json?: boolean }) =>
      withSession({ quiet: true }, (session) =>
        trial === undefined ? showStudy(session, study, json) : showTrial(session, study, trial, json),
      ),
    );
}

// --- helpers ---

async function showStudy({ client, store }: Session, studyId: string, json = false): Promise<void> {
  await checkStudy(store, studyId);
  const view = await viewStudy(client, studyId);
  console.log(json ? JSON.stringify(view, null, 2) : studyView(view, process.stdout.columns || 160));
}

async function showTrial(
  { client, store }: Session,
  studyId: string,
  name: string,
  json = false,
): Promise<void> {
  await checkStudy(store, studyId);
  const view = await viewStudy(client, studyId);
  const trials = view.stages.flatMap(({ trials }) => trials);
  const trial = trials.find((each) => each.name === name && !each.standing?.takenOver);
  if (!trial) {
    throw new UserError(
      `trial: expected one of ${trials.map((each) => each.name).join(', ') || '(none yet)'} of ${studyId}, got "${name}"`,
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

async function checkStudy(store: ObjectStore, studyId: string): Promise<void> {
  if (await readStudy(store, studyId)) return;
  throw new UserError(
    `study: expected the id of one in the store, got "${studyId}"; npx staged-study list names them`,
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
