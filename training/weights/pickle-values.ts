/** What a pickle may hold here. Tuples are arrays. */
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

/** A class or function by its name, and no more than that: nothing is looked up, imported or called. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What a caller's handlers make of calls and persistent ids. */
export abstract class PickleResult {}

/** What gives a pickle's names a meaning. All throw for what they don't know. */
export interface PickleHandlers {
  /** Called when the pickle names a class or function, before anything is done with it. */
  checkGlobal(name: string): void;
  call(name: string, args: PickleValue[]): PickleValue;
  /** In files of torch.save, persistent ids stand for storages. */
  persistent(id: PickleValue): PickleValue;
}
