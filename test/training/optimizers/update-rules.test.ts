import { expect, test } from 'vitest';
import type { Optimizer } from '../../../study/definition/training-config.ts';
import { addDenseUpdate } from '../../../training/compile/dense-update.ts';
import { createGraph, type Graph, type Output } from '../../../training/graph/graph.ts';
import { openSession } from '../../../training/graph/session.ts';
import { addVariable, assignCopy } from '../../../training/graph/variables.ts';
import { createUpdateRule } from '../../../training/optimizers/optimizer.ts';
import type { DenseRule, ParameterUpdate, UpdateRule } from '../../../training/optimizers/update-rule.ts';
import { tf, types } from '../../../training/tensorflow/tensorflow.ts';
import { updateFormula } from '../../reference/update-formulas.ts';

const START = [1, -2];
const LEARNING_RATE = 0.02;
const GRADIENTS = [
  [0.5, -0.25],
  [0.1, 0.3],
  [-0.2, 0.05],
];

/**
 * Three steps as PyTorch 2.15.0 takes them in double precision. The slots were worked out from the algorithms in its
 * documentation.
 */
const EXPECTED: [Optimizer, weights: number[][], slots: number[][]][] = [
  [
    { kind: 'sgd', momentum: 0.9 },
    [
      [0.99, -1.995],
      [0.979, -1.9965],
      [0.9731, -1.99885],
    ],
    [[0.295, 0.1175]],
  ],
  [
    { kind: 'adagrad' },
    [
      [0.98, -1.98],
      [0.976077677, -1.99536443],
      [0.983380645, -1.99790443],
    ],
    [[0.3, 0.155]],
  ],
  [
    { kind: 'adadelta' },
    [
      [0.999936756, -1.99993676],
      [0.999918306, -2.00000692],
      [0.999953842, -2.0000222],
    ],
    [
      [0.02515, 0.0134125],
      [1.20226212e-6, 1.9757434e-6],
    ],
  ],
  [
    { kind: 'adam' },
    [
      [0.98, -1.98],
      [0.963939181, -1.9828589],
      [0.957052106, -1.98667462],
    ],
    [
      [0.0295, 0.01175],
      [0.00029949025, 0.000154785063],
    ],
  ],
  [
    { kind: 'adam', weightDecay: 0.1 },
    [
      [0.98, -1.98],
      [0.962608477, -1.97022222],
      [0.951414668, -1.95913912],
    ],
    [
      [0.0560460848, -0.0419722222],
      [0.000409206968, 0.000234104332],
    ],
  ],
  [
    { kind: 'adamw', weightDecay: 0.5 },
    [
      [0.97, -1.96],
      [0.944239181, -1.9432589],
      [0.927909715, -1.92764203],
    ],
    [
      [0.0295, 0.01175],
      [0.00029949025, 0.000154785063],
    ],
  ],
  [
    { kind: 'sgd', momentum: 0.9, weightDecay: 0.1 },
    [
      [0.988, -1.991],
      [0.973224, -1.984918],
      [0.961979152, -1.97647436],
    ],
    [[0.5622424, -0.4221818]],
  ],
];

test.each(EXPECTED)('the operation of %o takes PyTorch’s steps', (optimizer, weights, slots) => {
  expectSteps(stepsInGraph(optimizer, [2], updateByGradient), weights, slots);
});

test.each(EXPECTED)('DenseUpdate of %o takes PyTorch’s steps', (optimizer, weights, slots) => {
  expectSteps(stepsInGraph(optimizer, [1, 2], updateByFactors), weights, slots);
});

test.each(EXPECTED)('the reference formula of %o takes PyTorch’s steps', (optimizer, weights, slots) => {
  expectSteps(stepsByFormula(optimizer), weights, slots);
});

// --- helpers ---

interface Stepped {
  weights: number[];
  slots: number[][];
}

type AddUpdate = (graph: Graph, rule: UpdateRule, update: ParameterUpdate) => Output[];

const updateByGradient: AddUpdate = (graph, rule, update) => [rule.addUpdate(graph, update)];

/** A batch of one example, whose input is 1. */
const updateByFactors: AddUpdate = (graph, rule, { gradient, ...update }) => {
  const one = graph.constant({ type: types.float32, shape: [1, 1], values: Float32Array.of(1) });
  return addDenseUpdate(graph, update, { x: one, dy: gradient }, rule.dense as DenseRule);
};

/** In a graph of one parameter, as training does. */
function stepsInGraph(optimizer: Optimizer, shape: number[], addUpdate: AddUpdate): Stepped[] {
  const graph = createGraph();
  const rule = createUpdateRule(optimizer);
  const parameter = addVariable(graph, 'parameter', 'float32', shape);
  const slots = rule.slots.map((slot) => addVariable(graph, slot, 'float32', shape));
  const value = graph.placeholder('value', 'float32', shape);
  const zero = graph.placeholder('zero', 'float32', shape);
  const set = graph.after('set', [
    assignCopy(graph, 'parameter/assign', parameter, value),
    ...slots.map((slot) => assignCopy(graph, `${slot.name}/assign`, slot, zero)),
  ]);
  const gradient = graph.placeholder('gradient', 'float32', shape);
  const scalars = rule.scalars.map((name) => graph.placeholder(name, 'float32', []));
  const updates = addUpdate(graph, rule, {
    name: 'update',
    parameter,
    slots,
    gradient: gradient.output,
    scalars: scalars.map(({ output }) => output),
  });
  const step = graph.after('step', updates);

  const session = openSession(graph.nodes);
  const feeds = [
    { to: value, values: Float32Array.from(START) },
    { to: zero, values: new Float32Array(2) },
  ];
  session.run(feeds, [set]);
  const steps = GRADIENTS.map((values, index): Stepped => {
    const numbers = rule.scalarsAt(LEARNING_RATE, index + 1);
    session.run(
      [
        { to: gradient, values: Float32Array.from(values) },
        ...scalars.map((to, at) => ({ to, values: Float32Array.of(numbers[at] as number) })),
      ],
      [step],
    );
    const [weights, ...others] = session.run([], [parameter.value, ...slots.map((slot) => slot.value)]);
    return { weights: [...(weights ?? [])], slots: others.map((slot) => [...slot]) };
  });
  session.dispose();
  return steps;
}

function stepsByFormula(optimizer: Optimizer): Stepped[] {
  const update = updateFormula(optimizer);
  return tf.tidy(() => {
    const { slots } = createUpdateRule(optimizer);
    let state: ReturnType<typeof update> = {
      parameter: tf.tensor(START),
      slots: slots.map(() => tf.zeros([2])),
    };
    return GRADIENTS.map((gradient, index) => {
      const rate = tf.scalar(LEARNING_RATE);
      state = update(state.parameter, tf.tensor(gradient), state.slots, rate, index + 1);
      return {
        weights: [...state.parameter.dataSync()],
        slots: state.slots.map((slot) => [...slot.dataSync()]),
      };
    });
  });
}

/** Adam's operation computes 1 − β₂ in float32, which differs from 0.001 by 1.3·10⁻⁵ of it. */
function expectSteps(steps: Stepped[], weights: number[][], slots: number[][]): void {
  for (const [step, { weights: got }] of steps.entries()) {
    for (const [index, value] of got.entries()) {
      expect(value).toBeCloseTo(weights[step]?.[index] as number, 6);
    }
  }
  const last = steps.at(-1)?.slots ?? [];
  expect(last).toHaveLength(slots.length);
  for (const [at, slot] of last.entries()) {
    for (const [index, value] of slot.entries()) {
      expect(Math.abs(value / (slots[at]?.[index] as number) - 1)).toBeLessThan(2e-5);
    }
  }
}
