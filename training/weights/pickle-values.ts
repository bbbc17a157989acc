/** The values of a pickle. Tuples are arrays. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleValue[]
  | PickleList
  | PickleDict
  | PickleGlobal
  | PickleResult;

export class PickleList {
  readonly items: PickleValue[] = [];
}

export class PickleDict {
  readonly entries = new Map<string, PickleValue>();
}

/** A class or function, by name only: nothing is looked up, imported or called. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** A handler's result for a call or a persistent id. */
export abstract class PickleResult {}

/** Give a pickle's names a meaning. They throw for unknown names. */
export interface PickleHandlers {
  /** Called when the pickle names a class or function, before it is used. */
  checkGlobal(name: string): void;
  call(name: string, args: PickleValue[]): PickleValue;
  /** In files of torch.save, persistent ids stand for storages. */
  persistent(id: PickleValue): PickleValue;
}
