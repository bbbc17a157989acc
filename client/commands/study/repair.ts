import { WorkflowUpdateFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { UserError } from '../../../infra/user-error.ts';
import { type Overrides, parseOverrides } from '../../../study/definition/overrides.ts';
import { settingsSchema } from '../../../study/definition/training-config.ts';
import { UPDATES } from '../../../temporal/names.ts';
import { didYouMean } from '../../command-line/did-you-mean.ts';
import { helpText } from '../../command-line/help.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { findStudy } from '../../observe/find-study.ts';
import { type Attention, viewStudy } from '../../observe/observe-study.ts';
import { type Session, withSession } from '../../servers/session.ts';

const SETTINGS = Object.keys(settingsSchema.shape);

export function retryCommand(): Command {
  return new Command('retry')
    .description(
      'Try again what needs attention: a trial, a stage none of whose trials has a score, or the final test.',
    )
    .argument('<study>', 'the id of a study (see list)')
    .argument('<name>', 'the name of the trial or stage (see status)')
    .option(
      '--set <setting=value...>',
      'change settings: the trial is then another one, trained from scratch',
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          'Without --set a trial goes on from its newest checkpoint. Settings are those of a study, as JSON where they have\n' +
          `parts: ${SETTINGS.join(', ')}.`,
        examples: [
          'retry cifar10-demo-1 MLP',
          'retry cifar10-demo-1 MLP --set batchSize=64 learningRate=0.001',
          `retry cifar10-demo-1 MLP --set 'optimizer={"kind":"adagrad"}'`,
        ],
        exits: REPAIR_EXITS,
      }),
    )
    .action((study: string, name: string, { set }: { set?: string[] }) => {
      const overrides = set && parseSettings(set);
      return withSession({ needsRunningStack: 'retry' }, (session) => retry(session, study, name, overrides));
    });
}

export function skipCommand(): Command {
  return new Command('skip')
    .description('Leave a trial out that needs attention; it gets no rank.')
    .argument('<study>', 'the id of a study (see list)')
    .argument('<trial>', 'the name of the trial (see status)')
    .addHelpText('after', helpText({ examples: ['skip cifar10-demo-1 MLP'], exits: REPAIR_EXITS }))
    .action((study: string, trial: string) =>
      withSession({ needsRunningStack: 'skip' }, (session) => skip(session, study, trial)),
    );
}

// --- helpers ---

const REPAIR_EXITS = {
  0: 'the study goes on with that',
  1: 'no stack is up, or nothing of this name needs attention',
  2: 'wrong usage: a name that the study does not have, a setting that can not be; nothing was done',
};

async function retry(session: Session, studyId: string, name: string, overrides: Overrides | undefined) {
  const { id, kind } = await waiting(session, studyId, name);
  const update = { trial: UPDATES.retryTrial, stage: UPDATES.retryStage, test: UPDATES.retryTest }[kind];
  if (kind === 'test' && overrides)
    throw new UsageError('--set: the final test has no settings to change; leave it out');
  await send(session, id, update, overrides);
}

async function skip(session: Session, studyId: string, name: string): Promise<void> {
  const { id, kind } = await waiting(session, studyId, name);
  if (kind !== 'trial')
    throw new UsageError(`skip: expected the name of a trial, got "${name}", which is none; retry it`);
  await send(session, id, UPDATES.skipTrial);
}

/** What of a study waits for a person under this name. */
async function waiting(session: Session, studyId: string, name: string): Promise<Attention> {
  const { status } = await findStudy(session, studyId);
  if (status.name !== 'RUNNING')
    throw new UserError(`${studyId}: nothing needs attention: the study is ${status.name.toLowerCase()}`);
  const { attention, stages } = await viewStudy(session.client, studyId);
  const found = attention.find((each) => each.name === name);
  if (found) return found;
  const waiting = attention.map((each) => each.name);
  const message = `${studyId}: expected the name of what needs attention (${waiting.join(', ') || 'nothing does'}), got "${name}"`;
  const others = stages.flatMap((stage) => [stage.name, ...stage.trials.map((trial) => trial.name)]);
  if (others.includes(name)) throw new UserError(`${message}, which does not`);
  throw new UsageError(message + didYouMean(name, waiting.length > 0 ? waiting : others));
}

async function send({ client }: Session, id: string, update: string, overrides?: Overrides): Promise<void> {
  try {
    const handle = client.workflow.getHandle(id);
    console.log(await handle.executeUpdate<string, [Overrides | undefined]>(update, { args: [overrides] }));
  } catch (error) {
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new UserError(error.cause?.message ?? error.message, { cause: error });
  }
}

function parseSettings(settings: string[]): Overrides {
  const entries = settings.map((setting) => {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined || text === undefined) {
      throw new UsageError(`--set: expected setting=value, such as batchSize=64, got "${setting}"`);
    }
    if (!SETTINGS.includes(name)) {
      throw new UsageError(
        `--set: expected one of ${SETTINGS.join(', ')}, got "${name}"${didYouMean(name, SETTINGS)}`,
      );
    }
    return [name, parseValue(text)];
  });
  return parseOverrides(Object.fromEntries(entries));
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
