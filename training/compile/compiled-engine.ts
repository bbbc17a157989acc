import type {
  Engine,
  EngineBatch,
  EngineRequest,
  EvaluatedBatch,
  StepSettings,
  TrainingEngine,
  TrainingModeEngine,
  TrainingRequest,
} from '../engine.ts';
import { createGraph, type Graph } from '../graph/graph.ts';
import { type Feed, openSession, type Session } from '../graph/session.ts';
import { slotsOf } from '../loop/state.ts';
import { weightsOf } from '../networks/network.ts';
import { createUpdateRule } from '../optimizers/optimizer.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import type { Values } from '../tensorflow/tensorflow.ts';
import { addEvaluation } from './evaluation-part.ts';
import { addImages, type ImagesInGraph } from './images.ts';
import { poolBeforeRelu } from './rewrite.ts';
import { addTensors, type TensorsInGraph } from './tensors-part.ts';
import { addTraining, TRAINING_INPUTS } from './training-part.ts';

/**
 * An engine that evaluates a network by a graph: recorded once, and run as one call a batch.
 *
 * @throws NotRecordableError where the network can't be recorded.
 */
export function createEvaluationEngine(request: EngineRequest): Engine {
  const { graph, images, weights, evaluation } = evaluationGraph(request);
  return evaluationEngine(
    open(graph, (session) => images.load(session, request.images)),
    images,
    weights,
    evaluation,
  );
}

/**
 * The same for an engine that evaluates a network as it is in training.
 *
 * @throws NotRecordableError where the network can't be recorded.
 */
export function createTrainingModeEngine(request: EngineRequest): TrainingModeEngine {
  const { graph, images, weights } = networkGraph(request);
  const seed = graph.placeholder(TRAINING_INPUTS.dropoutSeed.name, 'int32', [2]);
  const evaluation = addEvaluation(graph, request.network, images, weights, seed);
  const session = open(graph, (opened) => images.load(opened, request.images));
  return {
    setWeights: (tensors) => weights.set(session, tensors),
    evaluate: ({ indices, flips }, dropoutSeed) =>
      evaluated(session.run([images.batch(indices, flips), seedFeed(dropoutSeed)], evaluation)),
    dispose: () => session.dispose(),
  };
}

/**
 * An engine that trains and evaluates. Both, and setting and reading of weights and slots, are parts of one graph over
 * the same variables.
 *
 * @throws NotRecordableError where the network can't be recorded.
 */
export function createCompiledEngine(request: TrainingRequest): TrainingEngine {
  const { network, optimizer } = request;
  const { graph, images, weights, evaluation } = evaluationGraph(request);
  const slots = addTensors(graph, 'slots', slotsOf(network, createUpdateRule(optimizer)));
  const { step, sums, cleared } = addTraining(graph, request, images, weights, slots);
  poolBeforeRelu(graph);

  const session = open(graph, (opened) => {
    images.load(opened, request.images);
    opened.run([], [cleared]);
  });
  return {
    ...evaluationEngine(session, images, weights, evaluation),
    setSlots: (tensors) => slots.set(session, tensors),
    slots: () => slots.read(session),
    train({ indices, flips }, { learningRate, dropoutSeed }) {
      const { name: rate } = TRAINING_INPUTS.learningRate;
      session.run(
        [
          images.batch(indices, flips),
          { name: rate, type: 'float32', shape: [], values: Float32Array.of(learningRate) },
          seedFeed(dropoutSeed),
        ],
        [step],
      );
    },
    sums() {
      const [loss, correct] = session.run([], sums);
      return { loss: loss?.[0] as number, correct: correct?.[0] as number };
    },
    clearSums: () => void session.run([], [cleared]),
  };
}

// --- helpers ---

function networkGraph({ network, images: { labels }, mirrored }: EngineRequest) {
  const graph = createGraph();
  const images = addImages(graph, labels.length, mirrored);
  return { graph, images, weights: addTensors(graph, 'weights', weightsOf(network)) };
}

function evaluationGraph(request: EngineRequest) {
  const { graph, images, weights } = networkGraph(request);
  return { graph, images, weights, evaluation: addEvaluation(graph, request.network, images, weights) };
}

function open(graph: Graph, prepare: (session: Session) => void): Session {
  const session = openSession(graph.nodes);
  try {
    prepare(session);
  } catch (error) {
    session.dispose();
    throw error;
  }
  return session;
}

function evaluationEngine(
  session: Session,
  images: ImagesInGraph,
  weights: TensorsInGraph,
  fetches: readonly string[],
): Engine {
  return {
    setWeights: (tensors: NamedTensors) => weights.set(session, tensors),
    weights: () => weights.read(session),
    evaluate: ({ indices, flips }: EngineBatch) =>
      evaluated(session.run([images.batch(indices, flips)], fetches)),
    dispose: () => session.dispose(),
  };
}

function evaluated([probabilities, losses]: Values[]): EvaluatedBatch {
  return { probabilities: probabilities as Float32Array, losses: losses as Float32Array };
}

function seedFeed(dropoutSeed: StepSettings['dropoutSeed']): Feed {
  const { name } = TRAINING_INPUTS.dropoutSeed;
  return { name, type: 'int32', shape: [2], values: Int32Array.from(dropoutSeed) };
}
