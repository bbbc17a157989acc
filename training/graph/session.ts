import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backend, types, type Values } from '../tensorflow/tensorflow.ts';
import type { GraphNode, Output, TypedOutput } from './graph.ts';
import { encodeSavedModel, SAVED_MODEL_TAG } from './saved-model.ts';

/** A value for a placeholder. */
export interface Feed {
  to: TypedOutput;
  /** By default, the placeholder's. */
  shape?: readonly number[];
  /** Must not change during the call. */
  values: Values;
}

/** A graph loaded into TensorFlow, with its variables. */
export interface Session {
  /**
   * Runs the part of the graph that the fetched outputs need. TensorFlow prepares each combination of feeds and fetches
   * when it first occurs, so use few.
   *
   * @returns the values of the fetched outputs.
   * @throws {Error} with TensorFlow's own message.
   */
  run(feeds: readonly Feed[], fetches: readonly Output[]): Values[];
  /** Frees the graph and its variables. */
  dispose(): void;
}

export function openSession(nodes: readonly GraphNode[]): Session {
  const { binding } = backend;
  const id = load(nodes);
  return {
    run(feeds, fetches) {
      const inputs: number[] = [];
      try {
        for (const { to, shape = to.shape, values } of feeds) {
          inputs.push(binding.createTensor([...shape], types[to.type], values));
        }
        const names = feeds.map(({ to }) => to.output).join();
        const outputs = binding.runSavedModel(id, inputs, names, fetches.join());
        const results = outputs.map((output) => binding.tensorDataSync(output.id));
        for (const output of outputs) binding.deleteTensor(output.id);
        return results;
      } finally {
        for (const input of inputs) binding.deleteTensor(input);
      }
    },
    dispose: () => binding.deleteSavedModel(id),
  };
}

// --- helpers ---

/** TensorFlow loads graphs from files only, and doesn't need the file afterwards. */
function load(nodes: readonly GraphNode[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'staged-study-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
    return backend.binding.loadSavedModel(folder, SAVED_MODEL_TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
