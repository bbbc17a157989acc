import { type Command, Option } from 'commander';
import { selectProfile } from '../../study/definition/parse-study.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { datasetSource } from './dataset-source.ts';
import { checkStudyId } from './start-study.ts';
import { loadStudy } from './study-source.ts';
import { type WeightsOptions, withWeights } from './weights-source.ts';

export interface StudyOptions extends WeightsOptions {
  profile?: string;
  dataset?: string;
  id?: string;
  new?: boolean;
}

/** Adds the argument and options that name a study to be started. */
export function takesStudy(command: Command): Command {
  return takesWeights(command)
    .argument('[study]', 'cifar10, or a JSON or TypeScript file', 'cifar10')
    .option('--profile <name>', "how large; else the study's first. cifar10 has demo, quick and report")
    .option(
      '--dataset <file|url>',
      "CIFAR-10's binary archive; else CIFAR10_ARCHIVE, else the official address",
    )
    .option('--id <id>', 'the id of the study to start, or to go on with')
    .option('--new', 'start another study, even where one like it is unfinished');
}

/** Adds the options that say where pretrained networks start from. */
export function takesWeights(command: Command): Command {
  return command
    .option(
      '--weights <file|url>',
      "what pretrained networks start from: safetensors or a file of torch.save; else torchvision's ImageNet ResNet-50",
    )
    .addOption(
      new Option('--from-scratch', 'train pretrained networks from scratch instead').conflicts('weights'),
    );
}

/** Checks all that was typed, before anything is started. */
export async function studyRequest(
  name: string,
  { profile, dataset, id, ...weightsOptions }: StudyOptions,
): Promise<StudyRequest> {
  if (id !== undefined) checkStudyId(id);
  const loaded = await loadStudy(name);
  const [first = ''] = Object.keys(loaded.profiles);
  const scale = selectProfile(loaded, profile ?? first);
  const source = await datasetSource(dataset);
  const { study, weights } = await withWeights(loaded, [scale], weightsOptions);
  return { study, profile: profile ?? first, source, weights };
}
