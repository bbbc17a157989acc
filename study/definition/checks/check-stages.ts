/** Checks of a study that no single field can show: names, what stages start from, whether networks and splits work. */
import type { z } from 'zod';
import { type Measure, TOP_5_CLASSES } from '../../trial/measure.ts';
import { heldOutImages } from '../../trial/trial.ts';
import { inputOf, type StudyData } from '../data-schema.ts';
import { type InputForm, imageShape } from '../input-form.ts';
import { NetworkShapeError, networkShapes } from '../network-shapes.ts';
import { type PlannedNetwork, possibleNetworks, rulesOf, takesRuleOf } from '../planned-network.ts';
import type { Published } from '../published-schema.ts';
import { checkRepeats, type WithRepeats } from '../repeats.ts';
import type { CompareStage, Stage, VariantStage } from '../stage-schema.ts';
import { checkData } from './check-data.ts';
import { checkLimits } from './check-limits.ts';
import { checkNames } from './check-names.ts';
import { type Complain, checkPublished } from './check-published.ts';
import { checkSearch } from './check-search.ts';
import { checkStopping, mostEpochs } from './check-stopping.ts';

/** Adds an issue for every fault, with its path and value. */
export function checkStages(study: Checked, context: z.RefinementCtx): void {
  let isSound = true;
  const complain: Complain = (path, input, message, known) => {
    isSound = false;
    context.addIssue({ code: 'custom', path, input, message, params: { known } });
  };

  if (Object.keys(study.profiles).length === 0) {
    complain(['profiles'], study.profiles, 'at least one profile; add one that says how large the study is');
  }
  checkSplits(study, complain);
  checkData(study, complain);
  checkMeasure(study, complain);
  const earlier: Stage[] = [];
  study.stages.forEach((stage, index) => {
    const at: Path = ['stages', index];
    if (earlier.some(({ name }) => name === stage.name)) {
      complain([...at, 'name'], stage.name, 'a name that no earlier stage has; rename one of them');
    }
    if ('from' in stage && stage.from !== undefined)
      checkFrom(stage.from, earlier, [...at, 'from'], complain);
    if (stage.kind === 'compare') checkCandidates(stage, inputOf(study), earlier, at, complain);
    if (stage.kind === 'search') {
      checkSearch(stage, earlier, at, complain);
      checkStopping(
        stage,
        { longest: mostEpochs(study), profiles: study.profiles },
        [...at, 'stopping'],
        complain,
      );
    }
    if (stage.kind === 'variant') checkVariants(stage, earlier, at, complain);
    if (stage.kind === 'test' && index !== study.stages.length - 1) {
      complain([...at, 'kind'], stage.kind, 'the test only as the last stage; move it to the end');
    }
    earlier.push(stage);
  });
  // Only of stages that start from earlier ones.
  if (isSound) checkNames(study, complain);
  checkRepeats(study, complain);
  if (study.published) checkPublished(study.published, study.stages, complain);
  checkLimits(study, complain);
}

// --- helpers ---

interface Checked {
  name: string;
  base: { epochs: number; horizontalFlip: number };
  stages: Stage[];
  validationFraction: number;
  profiles: Record<string, { trainImages: number | 'all' } & WithRepeats>;
  published?: Published | undefined;
  data?: StudyData | undefined;
  rankBy?: Measure | undefined;
}
type Path = (string | number)[];

/** Every profile must leave images to train on and images to validate with. */
function checkSplits({ profiles, validationFraction }: Checked, complain: Complain): void {
  for (const [name, { trainImages }] of Object.entries(profiles)) {
    if (trainImages === 'all') continue;
    const heldOut = heldOutImages(trainImages, validationFraction);
    if (heldOut > 0 && heldOut < trainImages) continue;
    complain(
      ['profiles', name, 'trainImages'],
      trainImages,
      `enough images to train on some and hold some out with a validationFraction of ${validationFraction}`,
    );
  }
}

function checkMeasure(study: Checked, complain: Complain): void {
  const { classes } = inputOf(study);
  if (study.rankBy !== 'top-5' || classes >= TOP_5_CLASSES) return;
  complain(
    ['rankBy'],
    study.rankBy,
    `another measure: with ${classes} classes, every image would be right, since top-5 needs ${TOP_5_CLASSES} classes or more`,
  );
}

function checkFrom(from: string, earlier: Stage[], path: Path, complain: Complain): void {
  const names = earlier.filter(({ kind }) => kind === 'compare' || kind === 'search').map(({ name }) => name);
  if (names.includes(from)) return;
  const choices = names.length > 0 ? names.map((name) => `"${name}"`).join(', ') : 'there is none';
  complain(path, from, `the name of an earlier stage that has a winner (${choices})`, names);
}

function checkCandidates(
  stage: CompareStage,
  input: InputForm,
  earlier: Stage[],
  at: Path,
  complain: Complain,
): void {
  if (stage.ranksStart && stage.from === undefined) {
    complain(
      [...at, 'ranksStart'],
      true,
      'false, since the stage starts from no earlier winner; or name one in "from"',
    );
  }
  stage.candidates.forEach((candidate, index) => {
    const path = [...at, 'candidates', index];
    if (candidate.change.network) {
      checkNetwork(candidate.change.network, input, earlier, [...path, 'change', 'network'], complain);
    }
    if (candidate.reduced)
      checkNetwork(candidate.reduced.network, input, earlier, [...path, 'reduced', 'network'], complain);
    if (stage.from !== undefined) return;
    if (candidate.change.network === undefined) {
      complain(
        [...path, 'change', 'network'],
        undefined,
        'a network, since the stage starts from no earlier winner; add one, or name a stage in "from"',
      );
    }
    if (candidate.name.startsWith('_')) {
      complain(
        [...path, 'name'],
        candidate.name,
        'a name without a leading "_", since there is no winner whose name it could be added to',
      );
    }
  });
}

/** Far more than is useful: probably a typing error. */
const MOST_PARAMETERS = 500_000_000;

function checkNetwork(
  network: PlannedNetwork,
  input: InputForm,
  earlier: Stage[],
  path: Path,
  complain: Complain,
): void {
  const ruled = takesRuleOf(network);
  const withRules = earlier.filter((stage) => stage.kind === 'compare' && rulesOf(stage).length > 0);
  if (ruled !== undefined && !withRules.some(({ name }) => name === ruled)) {
    const names = withRules.map(({ name }) => name);
    const choices = names.map((name) => `"${name}"`).join(', ') || 'there is none';
    complain(
      [...path, 'hidden', 'ruleOf'],
      ruled,
      `the name of an earlier stage that has a candidate with a rule of dense layers (${choices})`,
      names,
    );
    return;
  }
  try {
    for (const possible of possibleNetworks(network, input, earlier)) {
      const { parameters } = networkShapes(possible, input);
      if (parameters <= MOST_PARAMETERS) continue;
      complain(path, network, `at most ${MOST_PARAMETERS} parameters (2 GB of weights), not ${parameters}`);
    }
  } catch (error) {
    if (!(error instanceof NetworkShapeError)) throw error;
    complain(path, network, `a network that fits ${inWords(input)}: ${error.message}`);
  }
}

function inWords(input: InputForm): string {
  const [height, width] = imageShape(input) ?? [];
  return height === undefined ? 'a table' : `${height}×${width} images`;
}

function checkVariants({ of }: VariantStage, earlier: Stage[], at: Path, complain: Complain): void {
  of.forEach(({ stage: name, candidate }, index) => {
    const comparing = earlier.filter((each) => each.kind === 'compare');
    const stage = comparing.find((each) => each.name === name);
    if (!stage) {
      complain(
        [...at, 'of', index, 'stage'],
        name,
        'the name of an earlier stage that compares candidates',
        comparing.map((each) => each.name),
      );
      return;
    }
    const names = stage.candidates.map((each) => each.name);
    if (!names.includes(candidate)) {
      complain(
        [...at, 'of', index, 'candidate'],
        candidate,
        `a candidate of ${name} (${names.join(', ')})`,
        names,
      );
    }
  });
}
