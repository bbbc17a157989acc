import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { escapeHtml, Html } from '../html/html.ts';

/** The width that figures are laid out for, pixels. The page scales them to the width of their column. */
export const FIGURE_WIDTH = 380;

/**
 * Draws a figure as inline SVG whose colours come from the page's CSS.
 *
 * @param spec a Vega-Lite specification without width, theme and padding.
 * @param label what a screen reader reads instead of the figure.
 */
export async function draw(spec: object, height: number, label: string): Promise<Html> {
  // Vega-Lite's types are unions too wide for literals that are composed; it checks a specification itself.
  const complete: unknown = {
    ...spec,
    width: FIGURE_WIDTH,
    height,
    autosize: { type: 'fit', contains: 'padding' },
    padding: 2,
    background: null,
    config: THEME,
  };
  const view = new vega.View(vega.parse(compile(complete as TopLevelSpec).spec), {
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
  // The figure has one label, and its numbers are in a table: a label for every mark would be noise.
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

/** Makes a stand-alone SVG part of a page: scaled by its view box, one image to a screen reader. */
function inline(svg: string, label: string): Html {
  const [, viewBox] = /^<svg [^>]*viewBox="([^"]*)"[^>]*>/.exec(svg) ?? [];
  if (!viewBox) throw new Error(`expected an SVG with a view box from vega, got ${svg.slice(0, 80)}`);
  const content = svg.slice(svg.indexOf('>') + 1);
  return new Html(
    `<svg class="plot" viewBox="${viewBox}" role="img" aria-label="${escapeHtml(label)}">${content}`,
  );
}
