import { describe, expect, it } from 'vitest';
import { InvalidStudyError, parseStudy, selectProfile } from '../../../study/definition/parse-study.ts';
import { defaultSettings } from '../../../study/definition/training-config.ts';
import { cifar10 } from '../../../study/shipped/cifar10.ts';
import { largerStudy, smallStudy } from '../../workflows/small-study.ts';

describe('parseStudy', () => {
  it('fills in the default settings', () => {
    const study = parseStudy({ ...smallStudy, base: { batchSize: 64 } }, 'small');
    expect(study.base).toEqual({ ...defaultSettings, batchSize: 64 });
    expect(study).toMatchObject({ seed: 1, splitSeed: 1, validationFraction: 0.2 });
  });

  it('reads its own output as the same study', () => {
    const study = parseStudy(cifar10, 'cifar10');
    expect(parseStudy(JSON.parse(JSON.stringify(study)), 'again')).toEqual(study);
  });

  it('does not let an undefined value hide an inherited one', () => {
    const study = parseStudy({ ...smallStudy, base: { dropout: undefined } }, 'small');
    expect(study.base.dropout).toBe(0);
  });

  it.each<[string, (study: any) => void, string]>([
    [
      'an unknown key',
      (s) => (s.stagez = []),
      'the study: unknown key "stagez" (did you mean "stages"?); remove it or correct the spelling',
    ],
    [
      'a misspelt measure',
      (s) => (s.rankBy = 'macro f1'),
      'rankBy: expected one of "accuracy", "balanced accuracy", "macro F1", "top-5", "loss", got "macro f1" (did you mean "macro F1"?)',
    ],
    [
      'top-5 of too few classes',
      (s) => {
        s.rankBy = 'top-5';
        s.data = { kind: 'images', classes: 5, height: 32, width: 32, channels: 3 };
      },
      'rankBy: expected another measure: with 5 classes, every image would be right, since top-5 needs 6 classes or more, got "top-5"',
    ],
    [
      'a typo in a candidate',
      (s) => (s.stages[0].candidates[0].change.network.hiden = 1),
      'stages[0].candidates[0].change.network: unknown key "hiden" (did you mean "hidden"?);',
    ],
    [
      'typos in settings',
      (s) => (s.base = { learnigRate: 1, optimiser: 1, x: 1 }),
      'base: unknown keys "learnigRate" (did you mean "learningRate"?), "optimiser" (did you mean "optimizer"?), "x"; remove them or correct the spelling',
    ],
    [
      'a typo in a setting of a candidate',
      (s) => (s.stages[1].candidates[0].change.learnigRate = 1),
      'stages[1].candidates[0].change: unknown key "learnigRate" (did you mean "learningRate"?)',
    ],
    [
      'a typo in a profile',
      (s) => (s.profiles.tiny.epochDivider = 2),
      'profiles.tiny: unknown key "epochDivider" (did you mean "epochDivisor"?)',
    ],
    [
      'a typo in the name of a stage to start from',
      (s) => (s.stages[1].from = 'widht'),
      'stages[1].from: expected the name of an earlier stage that has a winner ("width"), got "widht" (did you mean "width"?)',
    ],
    [
      'an unknown kind of stage',
      (s) => (s.stages[2].kind = 'tset'),
      'stages[2].kind: expected a known kind ("compare", "search", "variant", "repeat", "test"), got "tset" (did you mean "test"?)',
    ],
    [
      'an unknown activation',
      (s) => (s.base.activation = 'reloo'),
      'base.activation: expected one of "relu", "leakyRelu", "sigmoid", "elu", "silu", got "reloo" (did you mean "relu"?)',
    ],
    ['a wrong type', (s) => (s.base.learningRate = 'fast'), 'base.learningRate: expected number, got "fast"'],
    [
      'a learning rate of 0',
      (s) => (s.base.learningRate = 0),
      'base.learningRate: expected more than 0, got 0',
    ],
    [
      'a number of images that is none',
      (s) => (s.profiles.tiny.trainImages = 'al'),
      'profiles.tiny.trainImages: expected "all" or a number, got "al"',
    ],
    [
      'a profile that leaves no image to validate with',
      (s) =>
        Object.assign(s, {
          validationFraction: 0.01,
          profiles: { few: { ...s.profiles.tiny, trainImages: 20 } },
        }),
      'profiles.few.trainImages: expected enough images to train on some and hold some out',
    ],
    [
      'the name of a profile that can not be typed',
      (s) => (s.profiles['a b'] = s.profiles.tiny),
      'expected a key of letters, digits, "_", "." and "-", at most 64, no "/" and no "..", got "a b"',
    ],
    [
      'a network that no machine holds',
      (s) => (s.stages[0].candidates[0].change.network.hidden = [65_536, 65_536]),
      'stages[0].candidates[0].change.network: expected at most 500000000 parameters (2 GB of weights), not 4497080330, got',
    ],
    [
      'no candidate',
      (s) => (s.stages[1].candidates = []),
      'stages[1].candidates: expected at least 1 entries, got []',
    ],
    [
      'a stage without start or network',
      (s) => delete s.stages[0].candidates[1].change.network,
      'stages[0].candidates[1].change.network: expected a network',
    ],
    [
      'a stage from a later one',
      (s) => (s.stages[1].from = 'rate'),
      'stages[1].from: expected the name of an earlier stage that has a winner ("width"), got "rate"',
    ],
    [
      'a test in the middle',
      (s) => s.stages.unshift({ kind: 'test', name: 't', question: '?', from: 'width' }),
      'stages[0].kind: expected the test only as the last stage',
    ],
    [
      'two stages of one name',
      (s) => (s.stages[1].name = 'width'),
      'stages[1].name: expected a name that no earlier stage has',
    ],
    [
      'two candidates of one name',
      (s) => (s.stages[1].candidates[1].name = '_fast'),
      'stages[1].candidates[1].name: expected a name that no earlier candidate',
    ],
    [
      'a suffix without a name before it',
      (s) => (s.stages[0].candidates[0].name = '_narrow'),
      'stages[0].candidates[0].name: expected a name without a leading "_"',
    ],
    [
      'a published result of no stage',
      (s) => (s.published = published({ stage: 'widht', ours: { kind: 'best' } })),
      'published.results[0].stage: expected the name of a stage (width, rate, test), got "widht" (did you mean "width"?)',
    ],
    [
      'a published result of no candidate',
      (s) => (s.published = published({ stage: 'width', ours: { kind: 'trials', names: ['wide', 'huge'] } })),
      'published.results[0].ours.names[1]: expected a candidate of the stage width (narrow, wide), got "huge"',
    ],
    [
      'a published test accuracy of a stage that tests nothing',
      (s) => (s.published = published({ stage: 'width', ours: { kind: 'test' } })),
      'published.results[0].ours.kind: expected another kind than "test", since width is a compare stage',
    ],
    ['a name that is a path', (s) => (s.name = '../up'), 'name: expected letters, digits'],
    ['a name with two dots', (s) => (s.name = 'a..b'), 'name: expected letters, digits, "_", "." and "-"'],
    [
      'a name with which no id can begin',
      (s) => (s.name = '_mine'),
      'name: expected a name that begins with a letter or digit, got "_mine"',
    ],
    [
      'names that are too long for an id',
      (s) => {
        s.name = 'n'.repeat(60);
        s.profiles['p'.repeat(40)] = s.profiles.tiny;
      },
      `profiles.${'p'.repeat(40)}: expected a name that has at most 92 characters together with the study's, since ids begin with both; it has 100`,
    ],
    [
      'a candidate that has the name of a reduced one',
      (s) => {
        const network = { kind: 'dense', hidden: [4] };
        s.stages[0].candidates[0].reduced = { name: 'small', network };
        s.stages[0].candidates[1].reduced = { name: 'small', network };
      },
      'stages[0].candidates[1].reduced.name: expected a name that no earlier candidate of the stage can have, got "small"',
    ],
    [
      'a candidate with the name that another has if a certain one wins',
      (s) => s.stages[1].candidates.push({ name: 'wide_slow', change: { learningRate: 0.1 } }),
      'stages[1].candidates[2].name: expected a name that no earlier candidate of the stage can have, got "wide_slow"',
    ],
    [
      'a candidate with the name of a winner that is ranked with it',
      (s) => {
        s.stages[1].ranksStart = true;
        s.stages[1].candidates.push({ name: 'wide', change: { learningRate: 0.1 } });
      },
      'stages[1].candidates[2].name: expected a name that no run which is ranked with it can have',
    ],
    [
      'names that winners make too long',
      (s) => {
        const [, rate, test] = s.stages;
        s.stages.length = 1;
        for (let index = 0; index < 14; index++)
          s.stages.push({
            ...rate,
            name: `rate${index}`,
            from: index ? `rate${index - 1}` : 'width',
            candidates: [{ name: `_${'x'.repeat(60)}`, change: { learningRate: 0.1 } }],
          });
        s.stages.push({ ...test, from: 'rate13' });
      },
      'stages[14].name: expected names of trials that have at most 800 characters, and they could have 860',
    ],
    ['no profile', (s) => (s.profiles = {}), 'profiles: expected at least one profile'],
    [
      'a network that can not work',
      (s) =>
        (s.stages[0].candidates[0].change.network = {
          kind: 'conv',
          convolutions: [
            { filters: 4, kernel: 32, padding: 0 },
            { filters: 4, kernel: 3, padding: 0 },
          ],
          hidden: [8],
        }),
      'stages[0].candidates[0].change.network: expected',
    ],
  ])('tells of %s', (_what, spoil, message) => {
    const study = structuredClone({ ...smallStudy, base: {} });
    spoil(study);
    expect(() => parseStudy(study, 'mine.json')).toThrow(message);
  });

  it.each<[string, (study: any) => void, string]>([
    [
      'a search of nothing',
      (s) => (s.stages[2].space = {}),
      'stages[2].space: expected at least one setting to vary',
    ],
    [
      'an empty choice',
      (s) => (s.stages[2].space.batchSize = { kind: 'choice', options: [] }),
      'stages[2].space.batchSize.options: expected at least 1 entries, got []',
    ],
    [
      'a range the wrong way round',
      (s) => (s.stages[2].space.learningRate.high = 0.0001),
      'stages[2].space.learningRate.high: expected more than low, which is 0.001, got 0.0001',
    ],
    [
      "values that a setting can't have",
      (s) => (s.stages[2].space.epochs.low = -5),
      'stages[2].space.epochs: expected only values that are allowed for epochs, which -5 is not',
    ],
    [
      'a whole number drawn from a range of all numbers',
      (s) => (s.stages[2].space.epochs = { kind: 'uniform', low: 1, high: 5 }),
      'stages[2].space.epochs.kind: expected integer, quniform, qloguniform or choice, since epochs is a whole number',
    ],
    [
      'a step that rounds a range to nothing',
      (s) => (s.stages[2].space.batchSize = { kind: 'quniform', low: 8, high: 128, q: 32 }),
      'stages[2].space.batchSize: expected only values that are allowed for batchSize, which 0 is not',
    ],
    [
      'a logarithmic range from 0',
      (s) => (s.stages[2].space.learningRate = { kind: 'loguniform', low: 0, high: 1 }),
      'stages[2].space.learningRate.low: expected more than 0, since the scale is logarithmic, got 0',
    ],
    [
      'options of a search that mean nothing',
      (s) => Object.assign(s.stages[2], { sampler: { kind: 'random' }, order: 'async' }),
      'stages[2].order: expected nothing, since the sampler random does not learn from results',
    ],
    [
      'a value that no activation has',
      (s) => (s.stages[2].space.activation = { kind: 'choice', options: ['relu', 'tanh'] }),
      'stages[2].space.activation: expected only values that are allowed for activation, which "tanh" is not',
    ],
    [
      'a network that no candidate has',
      (s) => (s.stages[2].space.network = { kind: 'choice', options: ['narrow', 'wider'] }),
      'stages[2].space.network.options[1]: expected the name of an earlier candidate that has a network (narrow, wide), got "wider" (did you mean "wide"?)',
    ],
    [
      'a field of an optimizer that may be another',
      (s) => (s.stages[2].space['optimizer.momentum'] = { kind: 'uniform', low: 0, high: 0.9 }),
      'stages[2].space.optimizer.momentum: expected a choice of optimizer in the same space',
    ],
    [
      'a field that one of the optimizers lacks',
      (s) =>
        Object.assign(s.stages[2].space, {
          optimizer: { kind: 'choice', options: [{ kind: 'sgd', momentum: 0.9 }, { kind: 'adagrad' }] },
          'optimizer.momentum': { kind: 'uniform', low: 0, high: 0.9 },
        }),
      'stages[2].space.optimizer.momentum.when: expected a condition under which optimizer has a momentum, which {"kind":"adagrad"} has not',
    ],
    [
      'a momentum that is too high',
      (s) =>
        Object.assign(s.stages[2].space, {
          optimizer: { kind: 'choice', options: [{ kind: 'sgd', momentum: 0.9 }] },
          'optimizer.momentum': { kind: 'uniform', low: 0, high: 1 },
        }),
      'stages[2].space.optimizer.momentum: expected only values that are allowed for optimizer.momentum, which 1 is not',
    ],
    [
      'a condition that names no setting of the space',
      (s) => (s.stages[2].space.learningRate.when = { dropout: 0.5 }),
      'stages[2].space.learningRate.when.dropout: expected the name of another parameter of the space',
    ],
    [
      'a normal distribution without an end',
      (s) => (s.stages[2].space.dropout = { kind: 'normal', mean: 0.3, deviation: 0.1 }),
      'stages[2].space.dropout: expected only values that are allowed for dropout, which -0.6',
    ],
    [
      'a setting that no search may vary',
      (s) => (s.stages[2].space.validationFlip = { kind: 'choice', options: [true, false] }),
      'stages[2].space: unknown key "validationFlip"',
    ],
    [
      'the same option twice',
      (s) => (s.stages[2].space.batchSize = { kind: 'choice', options: [32, 64, 32] }),
      'stages[2].space.batchSize.options[2]: expected an option that is not there yet; remove it, got 32',
    ],
    [
      'a rule that decides after the last epoch of every trial',
      (s) => (s.stages[2].stopping = { kind: 'halving', first: 100 }),
      'stages[2].stopping.first: expected less than 100, the most epochs that a trial of the study has, got 100',
    ],
    [
      'too many decisions',
      (s) => {
        s.stages[2].space.epochs.high = 1000;
        s.stages[2].stopping = { kind: 'median', first: 1, every: 5 };
      },
      'stages[2].stopping.every: expected steps with at most 100 decisions in 1000 epochs, not 200; take longer ones, got 5',
    ],
    [
      'a rule that does not exist',
      (s) => (s.stages[2].stopping = { kind: 'mediam', first: 1 }),
      'stages[2].stopping.kind: expected a known kind ("median", "halving", "asha"), got "mediam" (did you mean "median"?)',
    ],
    [
      'a rule where some runs of a configuration would be stopped',
      (s) => {
        s.stages[2].stopping = { kind: 'halving', first: 1 };
        s.profiles.tiny.repeats = { search: 3 };
      },
      'stages[2].stopping: expected nothing, since the profile tiny trains each configuration several times',
    ],
    [
      'a factor that stops nothing',
      (s) => (s.stages[2].stopping = { kind: 'asha', first: 1, factor: 1 }),
      'stages[2].stopping.factor: expected at least 2, got 1',
    ],
    [
      'a start to be ranked in a stage that has none',
      (s) => (s.stages[0].ranksStart = true),
      'stages[0].ranksStart: expected false',
    ],
    [
      'a variant of a candidate that is not there',
      (s) => (s.stages[4].of[0].candidate = 'wider'),
      'stages[4].of[0].candidate: expected a candidate of width (narrow, wide), got "wider" (did you mean "wide"?)',
    ],
    [
      'a variant of one candidate twice',
      (s) => s.stages[4].of.push({ stage: 'width', candidate: 'wide' }),
      'stages[4].of[1].candidate: expected a candidate whose name no earlier one of these can have',
    ],
    [
      'a variant of candidates with one name in two stages',
      (s) => {
        s.stages[1].candidates.push({ name: 'wide', change: { learningRate: 0.5 } });
        s.stages[1].ranksStart = false;
        s.stages[4].of.push({ stage: 'rate', candidate: 'wide' });
      },
      'stages[4].of[1].candidate: expected a candidate whose name no earlier one of these can have',
    ],
    [
      'a candidate with the name of a search’s trial that is ranked with it',
      (s) => s.stages[3].candidates.push({ name: '_search_02', change: { dropout: 0.1 } }),
      'stages[3].candidates[1].name: expected a name that no run which is ranked with it can have',
    ],
    [
      'a stage from a side experiment',
      (s) => (s.stages[5].from = 'leakage'),
      'stages[5].from: expected the name of an earlier stage that has a winner',
    ],
  ])('tells of %s', (_what, spoil, message) => {
    const study = structuredClone(largerStudy);
    spoil(study);
    expect(() => parseStudy(study, 'mine.json')).toThrow(message);
  });

  it('names the file and every fault at once', () => {
    const study: any = structuredClone(smallStudy);
    study.base.batchSize = 0.5;
    study.base.activation = 'reloo';
    expect(() => parseStudy(study, 'mine.json')).toThrow(
      /^mine\.json is not a study.*\n.*activation.*\n.*batchSize/,
    );
  });

  it.each([undefined, null, 'text', []])('refuses %j', (value) => {
    expect(() => parseStudy(value, 'mine.json')).toThrow(InvalidStudyError);
  });
});

describe('selectProfile', () => {
  it("names the study's profiles", () => {
    const study = parseStudy(cifar10, 'cifar10');
    expect(selectProfile(study, 'full').epochDivisor).toBe(1);
    expect(() => selectProfile(study, 'reprot')).toThrow(
      'expected one of demo, hour, evening, full (study "cifar10"), got "reprot"',
    );
    expect(() => selectProfile(study, 'ful')).toThrow('got "ful" (did you mean "full"?)');
    expect(() => selectProfile(study, 'constructor')).toThrow(InvalidStudyError);
  });
});

// --- helpers ---

function published(result: { stage: string; ours: object }) {
  return { title: 'A paper', results: [{ what: 'Accuracy', published: '50 %', ...result }] };
}
