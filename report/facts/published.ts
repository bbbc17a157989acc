/** What of our record stands beside a published result. */
export type Counterpart =
  /** Runs of the stage by their candidates' names. */
  | { kind: 'trials'; names: string[] }
  /** The stage's best run. */
  | { kind: 'best' }
  /** All runs of the stage with a score, best first. */
  | { kind: 'ranking' }
  /** The sentence that answers the stage's question. */
  | { kind: 'answer' }
  /** The accuracy of the final test. */
  | { kind: 'test' };

export interface PublishedResult {
  /** The stage of our study. */
  stage: string;
  what: string;
  /** As published. */
  theirs: string;
  ours: Counterpart;
}

export interface PublishedStudy {
  results: PublishedResult[];
  /** What keeps the published figures from being like for like, however ours were made. */
  caveats: string[];
}

/** The published results of a study that ships; undefined for any other. */
export function publishedResults(study: string): PublishedStudy | undefined {
  return study === 'cifar10' ? cifar10 : undefined;
}

// --- helpers ---

const ownCnns = ['default_conv', 'simple_cnn', 'simple_cnn_arq_2', 'simple_cnn_arq_4'];

const cifar10: PublishedStudy = {
  results: [
    { stage: 'dense', what: 'Baseline', theirs: '53 %', ours: { kind: 'trials', names: ['MLP'] } },
    { stage: 'dense', what: 'Ceiling of dense networks', theirs: 'about 55 %', ours: { kind: 'best' } },
    {
      stage: 'dense',
      what: 'Order',
      theirs: '`relu_layer_div2` and `relu_layer_div4` best',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'cnn',
      what: 'Own convolutional networks',
      theirs: 'above 70 %; `simple_cnn_arq_2` and `simple_cnn_arq_4` ahead of the other two',
      ours: { kind: 'trials', names: ownCnns },
    },
    { stage: 'cnn', what: 'ResNet-50', theirs: 'above 80 %', ours: { kind: 'trials', names: ['rn50'] } },
    {
      stage: 'activation',
      what: 'Order',
      theirs: 'all alike but sigmoid, which is worse; ELU ahead by a little',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'optimizer',
      what: 'Order',
      theirs: 'plain Adadelta best; the schedules don’t help',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'search',
      what: 'Best settings',
      theirs: '87.24 % with lr 0.06801699813974062, batch 128, 90 epochs',
      ours: { kind: 'best' },
    },
    {
      stage: 'dropout',
      what: 'Order',
      theirs: 'both better than none; 0.2 best, 88.18 %',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'leakage',
      what: 'Validation images flipped too',
      theirs: 'noticed, and several runs made again without',
      ours: { kind: 'answer' },
    },
    {
      stage: 'reproducibility',
      what: 'The same run again',
      theirs: 'small differences',
      ours: { kind: 'answer' },
    },
    { stage: 'test', what: 'Test images', theirs: 'left empty', ours: { kind: 'test' } },
  ],
  caveats: [
    'Their network was never switched to evaluation: it was validated with the statistics of the batch, and with dropout active. Ours is switched; its accuracies in training mode are measured as theirs were.',
    'Their losses are sums of batch means divided by the number of images, so about the mean divided by the batch size. Ours are means over the images.',
    'They kept a reference to the best weights rather than a copy, so what they kept were the last. Ours are a copy.',
    'They counted epochs from 0: their epoch 61 is our 62.',
    'Their search was cut off during the 7th of 10 evaluations.',
    'Where the report is silent the choice is ours: the hidden layers of `MLP`, `relu_6_layer_divrand`, `relu_4_layer_divrand` and `default_conv`, the 128 units of `simple_cnn`, the decay of 0.95 an epoch, and where dropout stands.',
    'Each number, theirs and ours, is of one seed.',
  ],
};
