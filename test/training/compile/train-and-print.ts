/** Trains a small network of every kind by every optimizer, and prints what came out, to be compared between processes. */
import { tensorsDigest } from '../../../training/checkpoint/tensors-digest.ts';
import { runTrial } from '../../../training/run-trial.ts';
import { configOf, conv, dense, tinyResnet } from '../configs.ts';
import { easyImages, range } from '../easy-images.ts';

const networks = { dense: dense(200, 40), conv: conv([[16, 3, 1]], 64), resnet: tinyResnet };
const optimizers = [{ kind: 'sgd', momentum: 0.9 }, { kind: 'adagrad' }, { kind: 'adadelta' }] as const;

for (const [kind, network] of Object.entries(networks)) {
  for (const optimizer of optimizers) {
    const { lines, best } = await runTrial({
      config: configOf(network, { epochs: 2, optimizer, dropout: 0.2, learningRate: 0.01 }),
      seed: 3,
      images: easyImages(300),
      training: range(0, 230),
      validation: range(230, 300),
      onProgress: () => {},
      onAlive: () => {},
      onEpoch: async () => {},
      signal: new AbortController().signal,
    });
    const metrics = lines.map(({ train_loss, val_loss }) => `${train_loss} ${val_loss}`);
    console.log(kind, optimizer.kind, ...metrics, best && tensorsDigest(best.weights));
  }
}
