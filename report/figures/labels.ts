import { FIGURE_WIDTH } from './draw.ts';

/** A mark with a label, its place as a share of the plot: 0 to 1 from left to right and from bottom to top. */
export interface Labelled {
  x: number;
  y: number;
  text: string;
}

/** From a mark's centre to its label's, pixels; down is positive. */
export interface Offset {
  dx: number;
  dy: number;
}

/** A place for each label, one after the other: where it covers the fewest marks and labels, above its mark if possible. */
export function placeLabels(marks: readonly Labelled[], plotHeight: number): Offset[] {
  const centres = marks.map(({ x, y }) => ({ x: x * PLOT_WIDTH, y: (1 - y) * plotHeight }));
  const boxes: Box[] = centres.map(({ x, y }) => ({ x, y, width: MARK, height: MARK }));
  return marks.map(({ text }, index) => {
    const centre = centres[index] as { x: number; y: number };
    const width = text.length * CHARACTER;
    const side = width / 2 + 8;
    const choices = [
      { dx: 0, dy: -13 },
      { dx: side, dy: 0 },
      { dx: -side, dy: 0 },
      { dx: 0, dy: 13 },
      { dx: side, dy: -11 },
      { dx: -side, dy: -11 },
      { dx: side, dy: 11 },
      { dx: -side, dy: 11 },
    ].map((offset) => {
      const box = { x: centre.x + offset.dx, y: centre.y + offset.dy, width, height: LINE };
      const left = box.x - width / 2 < 0 || box.x + width / 2 > PLOT_WIDTH;
      const cost = boxes.filter((other) => overlap(box, other)).length + (left ? 1 : 0);
      return { offset, box, cost };
    });
    // Sorting is stable: equal costs keep the order of preference.
    const [best] = choices.sort((a, b) => a.cost - b.cost) as [(typeof choices)[number]];
    boxes.push(best.box);
    return best.offset;
  });
}

// --- helpers ---

/** About what axes leave of a figure. */
const PLOT_WIDTH = FIGURE_WIDTH - 50;
/** Sizes of a mark, a digit and a line of text, pixels. */
const MARK = 9;
const CHARACTER = 7;
const LINE = 11;

/** A rectangle by its centre. */
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function overlap(a: Box, b: Box): boolean {
  return Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height;
}
