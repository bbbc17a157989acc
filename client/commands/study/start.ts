import { isQuiet } from '../../../infra/quiet.ts';
import { listStudies } from '../../../storage/studies.ts';
import type { StudyRequest } from '../../../workflows/study-workflow.ts';
import { rememberIds } from '../../command-line/known-ids.ts';
import { withSession } from '../../servers/session.ts';
import { checkSeeds } from '../../start/check-seeds.ts';
import { keepAddresses } from '../../start/keep-addresses.ts';
import { startOrResume } from '../../start/start-study.ts';
import { printStoredResults } from '../../start/stored-results.ts';
import type { StudyOptions } from '../../start/study-request.ts';
import { printTemporalUi } from '../../terminal/temporal-ui.ts';

export async function start(request: StudyRequest, options: StudyOptions): Promise<void> {
  await withSession({ level: 'training', needsRunningStack: 'start' }, async ({ client, store, uiUrl }) => {
    await checkSeeds(store, request.study);
    const stored = await listStudies(store);
    const { studyId, resumed } = await startOrResume(client, await keepAddresses(store, request), {
      ...options,
      stored,
      beforeStart: async () => void (await printStoredResults(store, request)),
    });
    await rememberIds([...new Set([studyId, ...stored])]);
    if (isQuiet()) return console.log(studyId);
    console.log(`${studyId} ${resumed ? 'is already running' : 'has started'}. To watch it:`);
    console.log(`  npx staged-study watch ${studyId}`);
    if (uiUrl) printTemporalUi(uiUrl, client.options.namespace, studyId);
  });
}
