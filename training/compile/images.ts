import { type InputForm, imageShape } from '../../study/definition/input-form.ts';
import type { MeanAndDeviation } from '../data/labelled-images.ts';
import type { Graph, Output } from '../graph/graph.ts';
import type { Feed, Session } from '../graph/session.ts';
import type { EngineBatch } from './engine.ts';
import { addFloats, addNormalised, addStandardised } from './normalise.ts';

/** The images of an engine's batches in a graph. */
export interface ImagesInGraph {
  /** float32 [batch, height, width, channels] or [batch, features]: bytes from 0 to 255, or a table's values. */
  values: Output;
  /** Adds the normalisation of such values. @param part prefix of the nodes' names. */
  normalised(part: string, values: Output): Output;
  /** [batch, height, width, channels] or [batch, features], normalised. */
  x: Output;
  /** int32 [batch]. */
  labels: Output;
  /** int32 [1]: the batch size. */
  batchShape: Output;
  /**
   * Copies the images into the graph's session, if the graph holds them.
   *
   * @throws {DeviceUnavailableError} if the device doesn't hold them afterwards.
   */
  load(session: Session): void;
  /** Begins to read a batch whose turn comes soon, if the images are in a file. Resolves when it has been read. */
  fetch(batch: EngineBatch): Promise<void>;
  /** The feeds that select a batch. */
  batch(batch: EngineBatch): Feed[];
}

/** Adds what every batch goes through: conversion to float32, and normalisation. @param gathered bytes, or a table's values. */
export function addValues(
  graph: Graph,
  gathered: Output,
  input: InputForm,
  normalisation: MeanAndDeviation | undefined,
): Pick<ImagesInGraph, 'values' | 'normalised' | 'x'> {
  const isTable = imageShape(input) === undefined;
  const values = isTable ? gathered : addFloats(graph, 'batch', gathered);
  const normalised = (part: string, unnormalised: Output) =>
    isTable
      ? addStandardised(graph, part, unnormalised, normalisation ?? { mean: [0], deviation: [1] })
      : addNormalised(graph, part, unnormalised, normalisation);
  return { values, normalised, x: normalised('batch', values) };
}
