import { imageForm } from '../augmentations/image-form.ts';
import { createGraph, type Graph, type TypedOutput } from '../graph/graph.ts';
import { type Feed, openSession, type Session } from '../graph/session.ts';
import { weightsOf } from '../networks/network.ts';
import { createUpdateRule } from '../optimizers/optimizer.ts';
import { slotsOf } from '../optimizers/slots.ts';
import type { NamedTensors } from '../tensorflow/named-tensors.ts';
import type { Values } from '../tensorflow/tensorflow.ts';
import { addImages } from './add-images.ts';
import { useDenseProducts } from './dense-product.ts';
import type {
  Engine,
  EngineBatch,
  EngineRequest,
  EvaluatedBatch,
  StepSettings,
  TrainingEngine,
  TrainingModeEngine,
  TrainingRequest,
} from './engine.ts';
import { addEvaluation } from './evaluation-part.ts';
import type { ImagesInGraph } from './images.ts';
import { poolBeforeRelu } from './rewrite.ts';
import { addTensors, type TensorsInGraph } from './tensors-part.ts';
import { addDropoutSeed, addTraining } from './training-part.ts';

/**
 * An engine that evaluates a network. The network is traced when the engine is created; then each batch is one call.
 *
 * @throws {NotTraceableError} if the network can't be traced.
 */
export function createEvaluationEngine(request: EngineRequest): Engine {
  const { graph, images, weights, evaluation } = evaluationGraph(request);
  useDenseProducts(graph, weights);
  return evaluationEngine(
    open(graph, (session) => images.load(session)),
    images,
    weights,
    evaluation,
  );
}

/**
 * An engine that evaluates a network in training mode.
 *
 * @throws {NotTraceableError} if the network can't be traced.
 */
export function createTrainingModeEngine(request: EngineRequest): TrainingModeEngine {
  const { graph, images, weights } = networkGraph(request);
  const seed = addDropoutSeed(graph);
  const evaluation = addEvaluation(graph, request.network, images, weights, seed.output);
  useDenseProducts(graph, weights);
  const session = open(graph, (opened) => images.load(opened));
  return {
    setWeights: (tensors) => weights.set(session, tensors),
    fetch: (batch) => images.fetch(batch),
    evaluate: (batch, dropoutSeed) =>
      evaluated(session.run([...images.batch(batch), seedFeed(seed, dropoutSeed)], evaluation)),
    dispose: () => session.dispose(),
  };
}

/**
 * An engine that trains and evaluates. Both, and setting and reading of weights and slots, are parts of one graph with
 * the same variables.
 *
 * @throws {NotTraceableError} if the network can't be traced.
 */
export function createCompiledEngine(request: TrainingRequest): TrainingEngine {
  const { network } = request;
  const rule = createUpdateRule(request.optimizer);
  const { graph, images, weights, evaluation } = evaluationGraph(request);
  const slots = addTensors(graph, 'slots', slotsOf(network, rule));
  const training = addTraining(graph, network, rule, images, weights, slots, {
    ...request,
    form: imageForm(network.input, request.images.normalisation),
  });
  poolBeforeRelu(graph);
  useDenseProducts(graph, weights);

  const session = open(graph, (opened) => {
    images.load(opened);
    opened.run([], [training.clearSums]);
  });
  return {
    ...evaluationEngine(session, images, weights, evaluation),
    setSlots: (tensors) => slots.set(session, tensors),
    slots: () => slots.read(session),
    train(batch, { learningRate, step, dropoutSeed }) {
      const scalars = rule.scalarsAt(learningRate, step);
      session.run(
        [
          ...images.batch(batch),
          ...training.scalars.map((to, index) => ({ to, values: Float32Array.of(scalars[index] as number) })),
          seedFeed(training.dropoutSeed, dropoutSeed),
          ...(training.draws ? [drawsFeed(training.draws, batch)] : []),
        ],
        [training.step],
      );
    },
    sums() {
      const [loss, correct] = session.run([], training.sums);
      return { loss: loss?.[0] as number, correct: correct?.[0] as number };
    },
    clearSums: () => void session.run([], [training.clearSums]),
    setSums({ loss, correct }) {
      const { newSums } = training;
      session.run(
        [
          { to: newSums.loss, values: Float32Array.of(loss) },
          { to: newSums.correct, values: Float32Array.of(correct) },
        ],
        [newSums.set],
      );
    },
  };
}

// --- helpers ---

function networkGraph({ network, images: labelled, mirrored }: EngineRequest) {
  const graph = createGraph();
  const images = addImages(graph, labelled, network.input, mirrored);
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
    fetch: (batch: EngineBatch) => images.fetch(batch),
    evaluate: (batch: EngineBatch) => evaluated(session.run(images.batch(batch), fetches)),
    dispose: () => session.dispose(),
  };
}

function evaluated([probabilities, losses]: Values[]): EvaluatedBatch {
  return { probabilities: probabilities as Float32Array, losses: losses as Float32Array };
}

function seedFeed(to: TypedOutput, dropoutSeed: StepSettings['dropoutSeed']): Feed {
  return { to, values: Int32Array.from(dropoutSeed) };
}

function drawsFeed(to: TypedOutput, { indices, draws }: EngineBatch): Feed {
  const images = indices.length;
  const width = to.shape[1] as number;
  if (draws?.length !== images * width) {
    throw new RangeError(
      `expected ${width} numbers of the augmentations for each of ${images} images, got ${draws?.length ?? 'none'}`,
    );
  }
  return { to, shape: [images, width], values: draws };
}
