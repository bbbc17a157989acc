import type { Command } from 'commander';
import { selectProfile } from '../study/parse-study.ts';
import type { StudyRequest } from '../workflows/study-workflow.ts';
import { datasetSource } from './dataset-source.ts';
import { checkStudyId } from './start-study.ts';
import { loadStudy } from './study-source.ts';

export interface StudyOptions {
  profile?: string;
  dataset?: string;
  id?: string;
  new?: boolean;
}

/** Adds the argument and options that name a study to be started. */
export function takesStudy(command: Command): Command {
  return command
    .argument('[study]', 'cifar10, or a JSON or TypeScript file', 'cifar10')
    .option('--profile <name>', "how large; else the study's first. cifar10 has demo, quick and report")
    .option(
      '--dataset <file|url>',
      "CIFAR-10's binary archive; else CIFAR10_ARCHIVE, else the official address",
    )
    .option('--id <id>', 'the id of the study to start, or to go on with')
    .option('--new', 'start another study, even where one like it is unfinished');
}

/** Checks all that was typed, before anything is started. */
export async function studyRequest(
  name: string,
  { profile, dataset, id }: StudyOptions,
): Promise<StudyRequest> {
  if (id !== undefined) checkStudyId(id);
  const study = await loadStudy(name);
  const [first = ''] = Object.keys(study.profiles);
  selectProfile(study, profile ?? first);
  return { study, profile: profile ?? first, source: await datasetSource(dataset) };
}
