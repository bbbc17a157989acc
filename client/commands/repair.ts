import { WorkflowUpdateFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { UserError } from '../../infra/user-error.ts';
import { UPDATES } from '../../study/temporal-names.ts';
import { viewStudy } from '../observe-study.ts';
import { type Session, withSession } from '../session.ts';

export function retryCommand(): Command {
  return repairCommand(
    'retry',
    UPDATES.retryTrial,
    'Try a trial again that needs attention; it goes on from its newest checkpoint.',
  );
}

export function skipCommand(): Command {
  return repairCommand('skip', UPDATES.skipTrial, 'Leave a trial out that needs attention; it gets no rank.');
}

// --- helpers ---

function repairCommand(name: string, update: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<study>', 'the id of the study')
    .argument('<trial>', 'the name of the trial')
    .addHelpText('after', `\nExample:\n  npx staged-study ${name} cifar10-demo-1 MLP`)
    .action((study: string, trial: string) =>
      withSession({ quiet: true }, (session) => send(session, study, trial, update)),
    );
}

async function send({ client }: Session, studyId: string, name: string, update: string): Promise<void> {
  const view = await viewStudy(client, studyId);
  const trial = view.stages.flatMap(({ trials }) => trials).findLast((each) => each.name === name);
  if (!trial)
    throw new UserError(
      `trial: expected the name of one of ${studyId}, got "${name}"; npx staged-study show ${studyId} names them`,
    );
  try {
    console.log(await client.workflow.getHandle(trial.id).executeUpdate<string, []>(update, { args: [] }));
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError)
      throw new UserError(error.cause?.message ?? error.message, { cause: error });
    throw error;
  }
}
