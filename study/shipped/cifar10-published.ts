import type { StudyInput } from 'staged-study';

/** The original report compared networks on CIFAR-10 in a notebook. */
export const originalReport: NonNullable<StudyInput['published']> = {
  title: 'The original report',
  source: 'A student report from a machine-learning course, in Spanish and otherwise unpublished',
  results: [
    { stage: 'dense', what: 'Baseline', published: '53 %', ours: { kind: 'trials', names: ['MLP'] } },
    { stage: 'dense', what: 'Ceiling of dense networks', published: 'about 55 %', ours: { kind: 'best' } },
    {
      stage: 'dense',
      what: 'Order',
      published: '`relu_layer_div2` and `relu_layer_div4` best; `relu_layer_div2` is named the best',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'cnn',
      what: 'Its own three convolutional networks',
      published: 'above 70 %; `simple_cnn_arq_2` and `simple_cnn_arq_4` ahead',
      ours: { kind: 'trials', names: ['simple_cnn', 'simple_cnn_arq_2', 'simple_cnn_arq_4'] },
    },
    {
      stage: 'cnn',
      what: 'The network that it was given',
      published: 'behind `simple_cnn_arq_2` and `simple_cnn_arq_4`',
      ours: { kind: 'trials', names: ['default_conv'] },
    },
    { stage: 'cnn', what: 'ResNet-50', published: 'above 80 %', ours: { kind: 'trials', names: ['rn50'] } },
    {
      stage: 'activation',
      what: 'Order',
      published: 'all close except sigmoid, which is worse; ELU slightly ahead',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'optimizer',
      what: 'Order',
      published: 'plain Adadelta best; schedules don’t help',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'search',
      what: 'Best settings',
      published: '87.24 % with lr 0.06801699813974062, batch 128, 90 epochs',
      ours: { kind: 'best' },
    },
    {
      stage: 'dropout',
      what: 'Order',
      published:
        'both better than none; 0.5 slightly ahead at epoch 50; 0.2 best in the end, with 88.18 % at epoch 75',
      ours: { kind: 'ranking' },
    },
    {
      stage: 'leakage',
      what: 'Flipped validation images',
      published: 'several networks were trained again without: “very similar, a very small difference”',
      ours: { kind: 'answer' },
    },
    {
      stage: 'reproducibility',
      what: 'The same trial again',
      published: 'small differences',
      ours: { kind: 'answer' },
    },
    { stage: 'test', what: 'Test accuracy', published: 'left empty', ours: { kind: 'test' } },
  ],
  caveats: [
    'The original never switched its networks to evaluation mode: it validated with each batch’s own statistics and with dropout active. This study evaluates in evaluation mode. Its accuracies in training mode are measured as the original’s were.',
    'The original’s losses are sums of batch means divided by the number of images, so they are too small by about the batch size. This study’s losses are means over the images.',
    'The original kept a reference to its best weights instead of a copy, so its best weights were its last. This study keeps a copy.',
    'The original counted epochs from 0: its epoch 61 is epoch 62 here.',
    'Some of the original’s numbers are of trials whose validation images were flipped at random, as training images are. It doesn’t say which.',
    'The original trained several networks again without these flips. Which three are trained with them here is this study’s choice.',
    'The original’s search was cut off during the 7th of 10 evaluations. It went on to dropout from the best so far, so only evaluations 8 to 10 and the test are missing.',
    'The original took its ResNet-50’s dense layers from dividing by 4, though it names dividing by 2 the best of its dense networks. This study’s ResNet takes the rule of whichever is best here.',
    'The original doesn’t give every detail. This study’s own choices are the hidden layers of `MLP`, `relu_6_layer_divrand`, `relu_4_layer_divrand` and `default_conv`, the 128 units of `simple_cnn`, the decay of 0.95 an epoch, and where dropout is applied.',
    'The original’s split of the images, seeds and initial weights are not known. Only the scale of the profile `full` is its own.',
    'Every number of the original is from one seed.',
  ],
};
