import { Command } from 'commander';
import { percent } from '../../report/format.ts';
import { listStudies, readRecord, readStudy } from '../../storage/studies.ts';
import { type Session, withSession } from '../session.ts';
import { table } from '../table.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('List the studies in the store.')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  npx staged-study list --json')
    .action((options: { json?: boolean }) =>
      withSession({ quiet: true }, (session) => list(session, options)),
    );
}

// --- helpers ---

async function list({ client, store }: Session, { json }: { json?: boolean }): Promise<void> {
  const studies = await Promise.all(
    (await listStudies(store)).map(async (studyId) => {
      const [opening, record, status] = await Promise.all([
        readStudy(store, studyId),
        readRecord(store, studyId),
        workflowStatus(client, studyId),
      ]);
      return {
        studyId,
        status,
        profile: opening?.profile ?? '',
        data: opening?.dataset.origin.kind ?? '',
        startedAt: opening?.startedAt ?? '',
        winner: record?.stages.at(-1)?.winner ?? null,
        testAccuracy: record?.test?.accuracy ?? null,
      };
    }),
  );
  studies.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  if (json) console.log(JSON.stringify(studies, null, 2));
  else if (studies.length === 0) console.log('No studies yet; start one: npm run study');
  else {
    console.log(
      table(
        ['study', 'status', 'profile', 'data', 'started', 'winner', 'test'],
        studies.map(({ studyId, status, profile, data, startedAt, winner, testAccuracy }) => [
          studyId,
          status,
          profile,
          data,
          startedAt.slice(0, 16).replace('T', ' '),
          winner ?? '',
          testAccuracy === null ? '' : percent(testAccuracy),
        ]),
      ),
    );
  }
}

/** Temporal may have forgotten a study that the store still holds. */
async function workflowStatus(client: Session['client'], studyId: string): Promise<string> {
  try {
    return (await client.workflow.getHandle(studyId).describe()).status.name.toLowerCase();
  } catch (error) {
    if (error instanceof Error && error.name === 'WorkflowNotFoundError') return 'not in Temporal';
    throw error;
  }
}
