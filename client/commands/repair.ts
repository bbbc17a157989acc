import { WorkflowUpdateFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { UserError } from '../../infra/user-error.ts';
import { type Overrides, parseOverrides } from '../../study/overrides.ts';
import { UPDATES } from '../../study/temporal-names.ts';
import { type Attention, viewStudy } from '../observe-study.ts';
import { type Session, withSession } from '../session.ts';

export function retryCommand(): Command {
  return new Command('retry')
    .description(
      'Try again what needs attention: a trial, a stage none of whose trials has a score, or the final test.',
    )
    .argument('<study>', 'the id of the study')
    .argument('<name>', 'the name of the trial or stage')
    .option(
      '--set <setting=value...>',
      'change settings: the trial is then another one, trained from scratch',
    )
    .addHelpText(
      'after',
      '\nWithout --set a trial goes on from its newest checkpoint. Settings are those of a study, as JSON where they are no\n' +
        'number: --set learningRate=0.001 --set \'optimizer={"kind":"adagrad"}\'.' +
        '\n\nExample:\n  npx staged-study retry cifar10-demo-1 MLP --set batchSize=64',
    )
    .action((study: string, name: string, { set }: { set?: string[] }) => {
      const overrides = set && parseSettings(set);
      return withSession({ quiet: true }, (session) => retry(session, study, name, overrides));
    });
}

export function skipCommand(): Command {
  return new Command('skip')
    .description('Leave a trial out that needs attention; it gets no rank.')
    .argument('<study>', 'the id of the study')
    .argument('<trial>', 'the name of the trial')
    .addHelpText('after', '\nExample:\n  npx staged-study skip cifar10-demo-1 MLP')
    .action((study: string, trial: string) =>
      withSession({ quiet: true }, (session) => skip(session, study, trial)),
    );
}

// --- helpers ---

async function retry(session: Session, studyId: string, name: string, overrides: Overrides | undefined) {
  const { id, kind } = await waiting(session, studyId, name);
  const update = { trial: UPDATES.retryTrial, stage: UPDATES.retryStage, test: UPDATES.retryTest }[kind];
  if (kind === 'test' && overrides)
    throw new UserError('--set: the final test has no settings to change; leave it out');
  await send(session, id, update, overrides);
}

async function skip(session: Session, studyId: string, name: string): Promise<void> {
  const { id, kind } = await waiting(session, studyId, name);
  if (kind !== 'trial')
    throw new UserError(`skip: expected the name of a trial, got "${name}", which is none; retry it`);
  await send(session, id, UPDATES.skipTrial);
}

/** What of a study waits for a person under this name. */
async function waiting({ client }: Session, studyId: string, name: string): Promise<Attention> {
  const { attention } = await viewStudy(client, studyId);
  const found = attention.find((each) => each.name === name);
  if (found) return found;
  const names = attention.map((each) => each.name).join(', ');
  throw new UserError(
    `${studyId}: expected the name of what needs attention (${names || 'nothing does'}), got "${name}"`,
  );
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
      throw new UserError(`--set: expected setting=value, such as batchSize=64, got "${setting}"`);
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
