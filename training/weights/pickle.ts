import { ByteReader } from './byte-reader.ts';
import {
  PickleDict,
  PickleGlobal,
  type PickleHandlers,
  PickleList,
  type PickleValue,
} from './pickle-values.ts';

/**
 * Runs a pickle on a machine that has only the instructions of a state dict saved by torch.save (protocol 2). It creates
 * values only: it can import, call and build nothing except through `handlers`.
 *
 * The pickle's length bounds time and memory, because no instruction copies or traverses a value: a list that contains
 * itself a thousand times stays small.
 *
 * @param at the pickle's first byte.
 * @returns its value and the position after it.
 * @throws {WeightsError} that names the byte.
 */
export function readPickle(
  bytes: Uint8Array,
  at: number,
  handlers: PickleHandlers,
): { value: PickleValue; end: number } {
  const machine = new Machine(bytes.subarray(0, at + MAX_PICKLE_BYTES), at, handlers);
  return { value: machine.run(), end: machine.reader.at };
}

// --- helpers ---

/** A ResNet-152's has 200 kB. */
const MAX_PICKLE_BYTES = 4_000_000;
const MAX_NAME_BYTES = 200;
const PROTOCOL = 2;
const STOP = 0x2e;

const REMEDY = 'save the state dict alone: torch.save(model.state_dict(), FILE)';

class Machine {
  readonly reader: ByteReader;
  readonly handlers: PickleHandlers;
  readonly #stack: PickleValue[] = [];
  /** Heights of the stack. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, at: number, handlers: PickleHandlers) {
    this.reader = new ByteReader('pickle', bytes, at);
    this.handlers = handlers;
  }

  run(): PickleValue {
    for (let opcode = this.reader.uint8(); opcode !== STOP; opcode = this.reader.uint8()) {
      const execute = INSTRUCTIONS[opcode];
      if (!execute) throw this.reader.error(`unknown instruction 0x${opcode.toString(16)}; ${REMEDY}`);
      execute(this);
    }
    const value = this.pop();
    if (this.#stack.length > 0) throw this.reader.error('it ends with more than one value');
    return value;
  }

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.top();
    this.#stack.pop();
    return value;
  }

  /** The top value above the last mark. */
  top(): PickleValue {
    const value = this.#stack.at(-1);
    if (value === undefined || this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      throw this.reader.error('it takes a value from an empty stack');
    }
    return value;
  }

  popSome(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.reader.error('it pops to a mark that it never set');
    return this.#stack.splice(mark);
  }

  remember(place: number): void {
    this.#memo.set(place, this.top());
  }

  recall(place: number): void {
    const value = this.#memo.get(place);
    if (value === undefined) throw this.reader.error(`it reads place ${place} of its memo, which is empty`);
    this.push(value);
  }

  append(values: readonly PickleValue[]): void {
    const list = this.top();
    if (!(list instanceof PickleList)) throw this.reader.error('it appends to a value that is not a list');
    for (const value of values) list.items.push(value);
  }

  setItems(items: readonly PickleValue[]): void {
    const dict = this.top();
    if (!(dict instanceof PickleDict))
      throw this.reader.error('it sets an item of a value that is not a dict');
    for (let index = 0; index < items.length; index += 2) {
      const [key, value] = items.slice(index, index + 2);
      if (typeof key !== 'string' || value === undefined) {
        throw this.reader.error(`expected text for the keys of a dict, each with a value; ${REMEDY}`);
      }
      if (dict.entries.has(key)) throw this.reader.error('a dict has the same key twice');
      dict.entries.set(key, value);
    }
  }

  /** A state dict has its modules' versions as its state; they don't affect its tensors. */
  dropState(): void {
    const state = this.pop();
    if (!(state instanceof PickleDict && this.top() instanceof PickleDict)) {
      throw this.reader.error(`it sets the state of an object; ${REMEDY}`);
    }
  }

  global(): PickleGlobal {
    const { reader } = this;
    const name = `${reader.line(MAX_NAME_BYTES)}.${reader.line(MAX_NAME_BYTES)}`;
    this.handlers.checkGlobal(name);
    return new PickleGlobal(name);
  }

  call(): PickleValue {
    const [callable, args] = this.popSome(2);
    if (!(callable instanceof PickleGlobal && Array.isArray(args))) {
      throw this.reader.error('expected a function and a tuple for a call');
    }
    return this.handlers.call(callable.name, args);
  }

  long(bytes: number): number | bigint {
    const value = this.reader.long(bytes);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
}

const INSTRUCTIONS: Record<number, (machine: Machine) => void> = {
  128: ({ reader }) => {
    const protocol = reader.uint8();
    if (protocol !== PROTOCOL)
      throw reader.error(`expected protocol ${PROTOCOL}, got ${protocol}; ${REMEDY}`);
  },
  40: (m) => m.mark(),
  78: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  74: (m) => m.push(m.reader.int32()),
  75: (m) => m.push(m.reader.uint8()),
  77: (m) => m.push(m.reader.uint16()),
  138: (m) => m.push(m.long(m.reader.uint8())),
  71: (m) => m.push(m.reader.float64()),
  88: (m) => m.push(m.reader.text(m.reader.uint32())),
  93: (m) => m.push(new PickleList()),
  97: (m) => m.append([m.pop()]),
  101: (m) => m.append(m.popToMark()),
  125: (m) => m.push(new PickleDict()),
  115: (m) => m.setItems(m.popSome(2)),
  117: (m) => m.setItems(m.popToMark()),
  41: (m) => m.push([]),
  133: (m) => m.push(m.popSome(1)),
  134: (m) => m.push(m.popSome(2)),
  135: (m) => m.push(m.popSome(3)),
  116: (m) => m.push(m.popToMark()),
  113: (m) => m.remember(m.reader.uint8()),
  114: (m) => m.remember(m.reader.uint32()),
  104: (m) => m.recall(m.reader.uint8()),
  106: (m) => m.recall(m.reader.uint32()),
  99: (m) => m.push(m.global()),
  82: (m) => m.push(m.call()),
  81: (m) => m.push(m.handlers.persistent(m.pop())),
  98: (m) => m.dropState(),
};
