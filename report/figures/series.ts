/** Colours are CSS variables of the page, so that figures follow its light or dark theme. */
const COLOURS = 12;

/** Outlines of marks within −1…1, as SVG paths; seven, so that colour and shape together repeat after 84 trials. */
const SHAPES = [
  'M1,0A1,1,0,1,1,-1,0A1,1,0,1,1,1,0Z',
  'M-0.9,-0.9L0.9,-0.9L0.9,0.9L-0.9,0.9Z',
  'M0,-1.2L1.2,0L0,1.2L-1.2,0Z',
  'M0,-1.1L1.1,0.9L-1.1,0.9Z',
  'M0,1.1L1.1,-0.9L-1.1,-0.9Z',
  'M-0.4,-1.1L0.4,-1.1L0.4,-0.4L1.1,-0.4L1.1,0.4L0.4,0.4L0.4,1.1L-0.4,1.1L-0.4,0.4L-1.1,0.4L-1.1,-0.4L-0.4,-0.4Z',
  'M0,-1.3L0.38,-0.4L1.24,-0.4L0.55,0.15L0.8,1.05L0,0.5L-0.8,1.05L-0.55,0.15L-1.24,-0.4L-0.38,-0.4Z',
];

/** A triangle that points down, for a value below the figure's axis. */
export const OUTSIDE_BELOW = SHAPES[4] as string;

/** The same for a value above it. */
export const OUTSIDE_ABOVE = SHAPES[3] as string;

/** How a trial is drawn. */
export interface SeriesStyle {
  colour: string;
  shape: string;
}

export function seriesStyle(index: number): SeriesStyle {
  return { colour: `var(--series-${index % COLOURS})`, shape: SHAPES[index % SHAPES.length] as string };
}

/** Whether the styles of two indices have the same colour. */
export function sameColour(a: number, b: number): boolean {
  return a % COLOURS === b % COLOURS;
}
