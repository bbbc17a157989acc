/** Cheap functions that stand for trainings: known ones of optimisation, and models of how a training's loss depends on settings. */
import type { Space, Values } from '../../study/search/space.ts';

export interface Problem {
  space: Space;
  /** What is to be small. */
  loss: (values: Values) => number;
  /** The smallest loss. */
  least: number;
}

export const problems = {
  branin: {
    space: { x1: uniform(-5, 10), x2: uniform(0, 15) },
    loss: (values) => {
      const [x1, x2] = [Number(values.x1), Number(values.x2)];
      const valley = x2 - (5.1 / (4 * Math.PI ** 2)) * x1 ** 2 + (5 / Math.PI) * x1 - 6;
      return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x1) + 10;
    },
    least: 0.39788735772973816,
  },
  hartmann6: {
    space: coordinates(6, 0, 1),
    loss: (values) => {
      const x = Object.values(values) as number[];
      const wells = HARTMANN.map(({ depth, steepness, place }) => {
        const distance = steepness.map(
          (each, j) => each * ((x[j] as number) - (place[j] as number) / 1e4) ** 2,
        );
        return depth * Math.exp(-sum(distance));
      });
      return -sum(wells);
    },
    least: -3.322368011415515,
  },
  rosenbrock4: {
    space: coordinates(4, -2, 2),
    loss: (values) => {
      const x = Object.values(values) as number[];
      const terms = x.slice(1).map((next, index) => {
        const each = x[index] as number;
        return 100 * (next - each ** 2) ** 2 + (1 - each) ** 2;
      });
      return sum(terms);
    },
    least: 0,
  },
  // Its range is not symmetric, so that the least loss is not in the middle.
  ackley5: {
    space: coordinates(5, -10, 20),
    loss: (values) => {
      const x = Object.values(values) as number[];
      const distance = Math.sqrt(sum(x.map((each) => each * each)) / 5);
      const ripples = sum(x.map((each) => Math.cos(2 * Math.PI * each))) / 5;
      return -20 * Math.exp(-0.2 * distance) - Math.exp(ripples) + 20 + Math.E;
    },
    least: 0,
  },
  cifar_mixed: {
    space: {
      lr: uniform(0.001, 0.1),
      batch: choice(32, 64, 128),
      epochs: { kind: 'quniform', low: 10, high: 100, q: 5 },
    },
    loss: (values) => {
      const [lr, batch, epochs] = [Number(values.lr), Number(values.batch), Number(values.epochs)];
      const off = Math.log(lr / (0.02 * Math.sqrt(batch / 64)));
      const byBatch = { 32: 0.01, 64: 0, 128: 0.02 }[batch] as number;
      return (
        0.25 + 0.08 * off ** 2 + 0.9 * Math.exp(-epochs / 18) + 0.0008 * Math.max(0, epochs - 70) + byBatch
      );
    },
    least: 0.26795346823910837,
  },
  mixed7: {
    space: {
      lr: loguniform(1e-5, 1),
      wd: loguniform(1e-6, 0.1),
      optimizer: choice('sgd', 'adam', 'adamw'),
      batch: choice(16, 32, 64, 128, 256),
      dropout: uniform(0, 0.7),
      width: { kind: 'quniform', low: 32, high: 512, q: 32 },
      depth: { kind: 'integer', low: 1, high: 8 },
    },
    loss: (values) => {
      const optimizer = values.optimizer as 'sgd' | 'adam' | 'adamw';
      const [batch, depth] = [Number(values.batch), Number(values.depth)];
      const usualRate = { sgd: 0.1, adam: 0.001, adamw: 0.002 }[optimizer] * Math.sqrt(batch / 64);
      const rate = Math.log10(Number(values.lr) / usualRate);
      const decay = Math.log10(Number(values.wd) / 5e-4);
      const dropout = (Number(values.dropout) - 0.25 - 0.05 * (depth - 4)) / 0.3;
      const width = Math.log2(Number(values.width) / 256);
      const deep = (depth - 5) / 3;
      const byOptimizer = { sgd: 0, adam: 0.03, adamw: 0.012 }[optimizer];
      const byBatch = { 16: 0.02, 32: 0.008, 64: 0, 128: 0.004, 256: 0.015 }[batch] as number;
      const shape = 0.05 * dropout ** 2 + 0.04 * width ** 2 + 0.05 * deep ** 2;
      return 0.2 + 0.12 * rate ** 2 + 0.03 * decay ** 2 + 0.04 * rate * decay + shape + byOptimizer + byBatch;
    },
    least: 0.2,
  },
  conditional: {
    space: {
      optimizer: choice('sgd', 'adam'),
      sgd_lr: { ...loguniform(1e-4, 1), when: { optimizer: 'sgd' } },
      momentum: { ...uniform(0, 0.99), when: { optimizer: 'sgd' } },
      adam_lr: { ...loguniform(1e-5, 0.1), when: { optimizer: 'adam' } },
      beta2: { ...uniform(0.9, 0.9999), when: { optimizer: 'adam' } },
    },
    loss: (values) => {
      if (values.optimizer === 'sgd') {
        const rate = Math.log10(Number(values.sgd_lr) / 0.05);
        const momentum = (Number(values.momentum) - 0.9) / 0.3;
        return 0.2 + 0.1 * rate ** 2 + 0.08 * momentum ** 2 + 0.05 * rate * momentum;
      }
      const rate = Math.log10(Number(values.adam_lr) / 0.001);
      return 0.23 + 0.06 * rate ** 2 + 0.02 * Math.log10((1 - Number(values.beta2)) / 0.01) ** 2;
    },
    least: 0.2,
  },
} satisfies Record<string, Problem>;

// --- helpers ---

/** The wells of the Hartmann function of six variables. */
const HARTMANN = [
  { depth: 1, steepness: [10, 3, 17, 3.5, 1.7, 8], place: [1312, 1696, 5569, 124, 8283, 5886] },
  { depth: 1.2, steepness: [0.05, 10, 17, 0.1, 8, 14], place: [2329, 4135, 8307, 3736, 1004, 9991] },
  { depth: 3, steepness: [3, 3.5, 1.7, 10, 17, 8], place: [2348, 1451, 3522, 2883, 3047, 6650] },
  { depth: 3.2, steepness: [17, 8, 0.05, 10, 0.1, 14], place: [4047, 8828, 8732, 5743, 1091, 381] },
];

function uniform(low: number, high: number) {
  return { kind: 'uniform', low, high } as const;
}

function loguniform(low: number, high: number) {
  return { kind: 'loguniform', low, high } as const;
}

function choice<T>(...options: T[]) {
  return { kind: 'choice', options } as const;
}

/** `x0`, `x1` and so on. */
function coordinates(count: number, low: number, high: number): Space {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`x${index}`, uniform(low, high)]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
