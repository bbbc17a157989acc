import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { escapeHtml, Html } from '../html/html.ts';

/** Width that figures are laid out for, pixels: they are scaled to the column that they stand in. */
export const FIGURE_WIDTH = 380;

/**
 * Draws a figure as inline SVG whose colours come from the page's CSS.
 *
 * @param spec without width, theme and padding.
 * @param label what a screen reader says in place of the figure.
 */
export async function draw(spec: object, height: number, label: string): Promise<Html> {
  // Vega-lite's own types are unions too wide for literals that are put together; it checks a spec itself.
  const whole: unknown = {
    ...spec,
    width: FIGURE_WIDTH,
    height,
    autosize: { type: 'fit', contains: 'padding' },
    padding: 2,
    background: null,
    config: THEME,
  };
  const view = new vega.View(vega.parse(compile(whole as TopLevelSpec).spec), {
    renderer: 'none',
    logLevel: vega.Error,
  });
  try {
    return inline(await view.toSVG(), label);
  } finally {
    view.finalize();
  }
}

// --- helpers ---

const THEME = {
  // One label says it all, and the numbers stand in a table: a label for every mark would be noise.
  aria: false,
  font: 'inherit',
  view: { stroke: null },
  axis: {
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    gridColor: 'var(--grid)',
    domainColor: 'var(--axis)',
    tickColor: 'var(--axis)',
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    titlePadding: 4,
  },
  text: { color: 'currentColor', fontSize: 12 },
};

/** A stand-alone SVG as part of a page: scaled by its view box, one image to a screen reader. */
function inline(svg: string, label: string): Html {
  const [, viewBox] = /^<svg [^>]*viewBox="([^"]*)"[^>]*>/.exec(svg) ?? [];
  if (!viewBox) throw new Error(`expected an SVG with a view box from vega, got ${svg.slice(0, 80)}`);
  const content = svg.slice(svg.indexOf('>') + 1);
  return new Html(
    `<svg class="plot" viewBox="${viewBox}" role="img" aria-label="${escapeHtml(label)}">${content}`,
  );
}
