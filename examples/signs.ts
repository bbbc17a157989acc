// 240 pictures of six signs, of many sizes, in colour and grey. `node examples/make-data.mjs` makes them.
import { defineStudy } from 'staged-study';

const conv = (filters: number) => ({ filters, kernel: 3, padding: 1 });

export default defineStudy({
  name: 'signs',
  title: 'Which network tells six signs apart?',
  data: {
    kind: 'images',
    source: 'signs',
    classes: 6,
    // Pictures are resized to this once; `crop` takes the middle of those that are not square.
    height: 24,
    width: 24,
    channels: 3,
    fit: 'crop',
    // A part of the pictures is for the test alone.
    testFraction: 0.25,
  },
  base: { epochs: 30, batchSize: 16, learningRate: 0.02 },
  profiles: {
    full: { description: 'All pictures; a minute.', trainImages: 'all', testImages: 'all', epochDivisor: 1 },
  },
})
  .compare('networks', {
    question: 'Do convolutions help?',
    candidates: [
      { name: 'dense', change: { network: { kind: 'dense', hidden: [128, 32] } } },
      {
        name: 'small_cnn',
        change: { network: { kind: 'conv', convolutions: [16, 32].map(conv), hidden: [64] } },
      },
      { name: 'cnn', change: { network: { kind: 'conv', convolutions: [32, 64].map(conv), hidden: [128] } } },
    ],
  })
  .search('search', {
    question: 'Which learning rate suits the winner?',
    from: 'networks',
    evaluations: 4,
    space: { learningRate: { kind: 'loguniform', low: 0.005, high: 0.05 } },
  })
  .test('test', { question: 'How good is it on new pictures?', from: 'search' });
