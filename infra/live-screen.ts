import { createLogUpdate } from 'log-update';

/** A text in a terminal that is replaced by the next one. */
export interface LiveScreen {
  readonly columns: number;
  draw(text: string): void;
  /** Leaves the last text on the screen. */
  done(): void;
  /** Removes the last text. */
  clear(): void;
}

export function liveScreen(terminal: NodeJS.WriteStream): LiveScreen {
  // A terminal that doesn't know its size reports 0 rows and columns.
  const sized = {
    write: (text: string) => terminal.write(text),
    get columns() {
      return terminal.columns || 80;
    },
    get rows() {
      return terminal.rows || 24;
    },
  };
  const draw = createLogUpdate(sized as NodeJS.WriteStream);
  return {
    get columns() {
      return sized.columns;
    },
    draw,
    done: draw.done,
    clear: draw.clear,
  };
}
