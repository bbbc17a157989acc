import { Command } from 'commander';
import { selectProfile } from '../../../study/definition/parse-study.ts';
import { pretrainedNetworks } from '../../../study/definition/pretrained.ts';
import type { Stage } from '../../../study/definition/stage-schema.ts';
import type { Profile, Study } from '../../../study/definition/study-schema.ts';
import { planCourse } from '../../../study/plan/course.ts';
import type { PlannedTrial } from '../../../study/plan/plan.ts';
import { DEFAULT_WEIGHTS } from '../../../words/weights.ts';
import type { StudyRequest } from '../../../workflows/study-workflow.ts';
import { helpText } from '../../command-line/help.ts';
import { interruption } from '../../command-line/interruption.ts';
import { describeEstimate, estimateStudy } from '../../start/estimate.ts';
import { takesWeights } from '../../start/study-options.ts';
import { loadStudy } from '../../start/study-source.ts';
import { type WeightsOptions, withWeights } from '../../start/weights-source.ts';

export function checkCommand(): Command {
  return takesWeights(new Command('check'))
    .description(
      'Check a study, and say what it would run: stages, candidates, trainings, images, time. Starts nothing.',
    )
    .argument('[study]', 'cifar10, or a JSON or TypeScript file', 'cifar10')
    .option('--profile <name>', 'one of its profiles; without it, all')
    .option('--json', 'the study as JSON, every default filled in')
    .addHelpText(
      'after',
      helpText({
        notes:
          'How to write a study: docs/study.md. A step of every network is measured on this machine, which takes a while for\n' +
          'large ones.',
        examples: ['check', 'check my-study.ts --profile small', 'check my-study.ts --json > my-study.json'],
        exits: {
          0: 'the study can be run',
          1: 'the time could not be measured',
          2: 'the study can not be run',
        },
      }),
    )
    .action(check);
}

// --- helpers ---

async function check(
  name: string,
  options: { profile?: string; json?: boolean } & WeightsOptions,
): Promise<void> {
  const loaded = await loadStudy(name);
  const profiles = options.profile ? [options.profile] : Object.keys(loaded.profiles);
  const selected = profiles.map((profile) => selectProfile(loaded, profile));
  const { study, weights, fits } = await withWeights(loaded, selected, options);
  if (options.json) {
    console.log(JSON.stringify(study, null, 2));
    return;
  }
  const [first = ''] = profiles;
  const profile = selectProfile(study, first);
  const course = planCourse(study, profile, (trials) => trials[0] as PlannedTrial);
  console.log(`${study.name}: ${study.title}`);
  for (const { stage, trials } of course) {
    console.log(`  ${stage.name}: ${stage.question}`);
    console.log(`    ${describeStage(stage)}`);
    if (stage.kind === 'test') continue;
    const names = candidateNames(stage, profile);
    console.log(`    ${trainings(trials.length)}${names && `: ${names}`}`);
  }
  console.log(`  ${trainings(course.reduce((sum, { trials }) => sum + trials.length, 0))} in all`);

  for (const fit of fits) console.log(`  weights: ${fit}`);

  const signal = interruption();
  for (const profile of profiles) {
    const estimate = await estimateStudy(study, profile, signal);
    const { training, validation, test } = estimate.images;
    console.log(`\nprofile ${profile}: ${selectProfile(study, profile).description}`);
    console.log(`  images: ${training} to train on, ${validation} to validate with, ${test} to test with`);
    console.log(`  ${describeWeights(study, profile, weights)}`);
    console.log(`  ${describeEstimate(estimate)}`);
  }
}

function describeWeights(study: Study, profile: string, { file }: StudyRequest['weights']): string {
  const networks = pretrainedNetworks(study, selectProfile(study, profile));
  if (networks.length === 0) return 'weights: none; every network starts from scratch';
  return `weights: ${file ?? `${DEFAULT_WEIGHTS}, which a worker fetches and checks`}`;
}

function describeStage(stage: Stage): string {
  switch (stage.kind) {
    case 'compare': {
      const start = stage.from ? `from the winner of ${stage.from}` : 'from the base settings';
      return `compares candidates, ${start}${stage.ranksStart ? ', whose run is ranked with them' : ''}`;
    }
    case 'search':
      return `searches ${Object.keys(stage.space).join(', ')}, from the winner of ${stage.from}, whose run is ranked too`;
    case 'variant':
      return `side experiment: earlier candidates with ${JSON.stringify(stage.change)}`;
    case 'repeat':
      return `side experiment: the winner of ${stage.from} once more, with the same seed`;
    case 'test':
      return `the winner of ${stage.from} on the test images, once`;
  }
}

function trainings(count: number): string {
  return `${count} training${count === 1 ? '' : 's'}`;
}

/** As the study has them: the winners' names that some are added to, and what a search draws, are not known yet. */
function candidateNames(stage: Stage, { reducedNetworks }: Profile): string {
  if (stage.kind === 'variant')
    return stage.of.map(({ candidate }) => `${candidate}_${stage.name}`).join(', ');
  if (stage.kind !== 'compare') return '';
  return stage.candidates
    .map(({ name, reduced }) => (reducedNetworks && reduced ? reduced.name : name))
    .map((name) => (name.startsWith('_') ? `…${name}` : name))
    .join(', ');
}
