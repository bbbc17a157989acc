import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backend, type TypeName, types, type Values } from '../tensorflow/tensorflow.ts';
import type { GraphNode, Output } from './graph.ts';
import { encodeSavedModel, SAVED_MODEL_TAG } from './saved-model.ts';

/** A value for a placeholder. */
export interface Feed {
  /** The placeholder's name. */
  name: string;
  type: TypeName;
  shape: readonly number[];
  /** Must not be written to until the run is over. */
  values: Values;
}

/** A graph loaded into TensorFlow, with its variables. */
export interface Session {
  /**
   * Runs the part of the graph that the fetched outputs need. Each combination of feeds and fetches is prepared once, at
   * its first run, so there should be few.
   *
   * @returns the values of the fetched outputs.
   * @throws Error with TensorFlow's own message.
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
        for (const { shape, type, values } of feeds) {
          inputs.push(binding.createTensor(shape as number[], types[type], values));
        }
        const names = feeds.map(({ name }) => `${name}:0`).join();
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

/** TensorFlow loads graphs from files alone; once it has, it needs them no more. */
function load(nodes: readonly GraphNode[]): number {
  const folder = mkdtempSync(join(tmpdir(), 'staged-study-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), encodeSavedModel(nodes));
    return backend.binding.loadSavedModel(folder, SAVED_MODEL_TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
