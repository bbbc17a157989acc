// 400 pieces of fruit in a table. `node examples/make-data.mjs` makes it.
import { defineStudy } from 'staged-study';

export default defineStudy({
  name: 'fruit',
  title: 'Which network tells fruit apart by weight, length and colour?',
  data: {
    kind: 'table',
    source: 'fruit.csv',
    label: 'kind',
    classes: 4,
    categorical: ['colour'],
    // Where it was bought says nothing.
    ignored: ['shop'],
    // Weight and length, and one for each of four colours.
    features: 6,
    // Some weights are missing.
    missing: 'fill',
  },
  base: { epochs: 40, batchSize: 16, learningRate: 0.02, horizontalFlip: 0 },
  profiles: {
    full: { description: 'All rows; seconds.', trainImages: 'all', testImages: 'all', epochDivisor: 1 },
  },
})
  .compare('layers', {
    question: 'How many layers?',
    candidates: [
      { name: 'one', change: { network: { kind: 'dense', hidden: [16] } } },
      { name: 'two', change: { network: { kind: 'dense', hidden: [32, 16] } } },
    ],
  })
  .compare('activation', {
    question: 'Another activation?',
    from: 'layers',
    ranksStart: true,
    candidates: [{ name: '_elu', change: { activation: 'elu' } }],
  })
  .test('test', { question: 'How good is it on other fruit?', from: 'activation' });
