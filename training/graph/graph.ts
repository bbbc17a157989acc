import { attribute, type OpAttribute, type TypeName, types, type Values } from '../tensorflow/tensorflow.ts';

/** An operation's output, as `NAME:INDEX`. */
export type Output = string;

/** One operation of a graph. */
export interface GraphNode {
  name: string;
  op: string;
  /** Outputs of other nodes; `^NAME` waits for a node without taking anything from it. */
  inputs: string[];
  attributes: GraphAttribute[];
}

/** An operation's attributes, and two that only operations of a graph have. */
export type GraphAttribute =
  | OpAttribute
  /** −1 is a size that may differ between calls of `Session.run`. */
  | { name: string; shape: readonly number[] }
  | { name: string; tensor: ConstantTensor };

export interface ConstantTensor {
  type: number;
  shape: readonly number[];
  values: Values;
}

/** An output with its type and shape: a placeholder, or a result for others. */
export interface TypedOutput {
  output: Output;
  type: TypeName;
  /** −1 is a size that may differ between calls of `Session.run`. */
  shape: readonly number[];
}

/** A TensorFlow graph under construction. */
export interface Graph {
  readonly nodes: GraphNode[];
  /** Adds an operation under a unique name. @returns its first output. */
  add(name: string, op: string, inputs: string[], attributes: GraphAttribute[]): Output;
  /** Equal constants are one node. */
  constant(tensor: ConstantTensor): Output;
  /** An input. Each call of `Session.run` that needs it must feed it. */
  placeholder(name: string, type: TypeName, shape: readonly number[]): TypedOutput;
  /** Makes an output's node run only after the node of another output. */
  waitFor(output: Output, earlier: Output): void;
  /** Adds a node without a meaningful value. Fetching it runs the nodes of the given outputs. */
  after(name: string, outputs: readonly Output[]): Output;
}

export function createGraph(): Graph {
  const nodes: GraphNode[] = [];
  const names = new Set<string>();
  const constants = new Map<string, Output>();

  const add = (name: string, op: string, inputs: string[], attributes: GraphAttribute[]): Output => {
    if (names.has(name)) throw new Error(`graph: expected a unique node name, got ${name} twice`);
    names.add(name);
    nodes.push({ name, op, inputs, attributes });
    return `${name}:0`;
  };

  return {
    nodes,
    add,
    constant(tensor) {
      const key = JSON.stringify([tensor.type, tensor.shape, [...tensor.values].map(String)]);
      const known = constants.get(key);
      if (known) return known;
      const dtype = { ...attribute.type('dtype', 'float32'), value: tensor.type };
      const output = add(`constants/${constants.size}`, 'Const', [], [dtype, { name: 'value', tensor }]);
      constants.set(key, output);
      return output;
    },
    placeholder(name, type, shape) {
      const attributes = [attribute.type('dtype', type), { name: 'shape', shape }];
      return { output: add(name, 'Placeholder', [], attributes), type, shape };
    },
    waitFor(output, earlier) {
      nodes.find(({ name }) => name === nodeOf(output))?.inputs.push(`^${nodeOf(earlier)}`);
    },
    after(name, outputs) {
      const value = { type: types.float32, shape: [], values: Float32Array.of(0) };
      return add(
        name,
        'Const',
        outputs.map((output) => `^${nodeOf(output)}`),
        [attribute.type('dtype', 'float32'), { name: 'value', tensor: value }],
      );
    },
  };
}

/** The name of the node that an output belongs to. */
export function nodeOf(output: Output): string {
  return output.slice(0, output.lastIndexOf(':'));
}

/** The given nodes and all nodes that they depend on, directly or indirectly. */
export function reached(names: string[], inputsOf: (name: string) => string[]): Set<string> {
  const seen = new Set(names);
  // Iterating over a set includes elements that are added meanwhile.
  for (const name of seen) {
    for (const input of inputsOf(name)) seen.add(input.startsWith('^') ? input.slice(1) : nodeOf(input));
  }
  return seen;
}

export function int32Constant(values: readonly number[]): ConstantTensor {
  return { type: types.int32, shape: [values.length], values: Int32Array.from(values) };
}

export function floatConstant(value: number): ConstantTensor {
  return { type: types.float32, shape: [], values: Float32Array.of(value) };
}
