import type { SeriesStyle } from '../figures/series.ts';
import { type Content, code, Html, html } from './html.ts';

/** A table that scrolls sideways if the page is too narrow, also by keyboard. */
export function scrolling(label: string, table: Html): Html {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${table}</div>`;
}

/** Figures side by side. On a narrow page they are a strip that scrolls sideways. */
export function figures(label: string, content: readonly Html[]): Html {
  return html`<div class="figures" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
}

/** Part of a page that narrow pages have folded, and wide pages and paper unfolded. */
export function folded(summary: Content, content: Content): Html {
  return html`<details class="folded"><summary>${summary}</summary>${content}</details>
`;
}

/** A figure with a note, and its numbers as a table to unfold. */
export function figure(
  title: Content,
  svg: Html,
  { note, data }: { note?: Content; data?: Html } = {},
): Html {
  return html`<figure><figcaption>${title}</figcaption>${svg}${
    note && html`<p class="note">${note}</p>`
  }${data && html`<details><summary>The numbers</summary>${data}</details>`}</figure>
`;
}

export function tag(text: string, kind: '' | 'alert' | 'win' = ''): Html {
  return html`<span class="tag ${kind}">${text}</span>`;
}

/** A trial's name after the line and mark that it is drawn with. */
export function trialName(name: string, { colour, shape }: SeriesStyle): Html {
  return html`<span class="trial"><svg class="key" viewBox="0 0 28 12" aria-hidden="true"><path d="M0,6H28" stroke="${colour}" stroke-width="2" fill="none"/><path d="${shape}" transform="translate(14,6) scale(4.4)" fill="${colour}"/></svg>${code(name)}</span>`;
}

/** A solid or a dashed line, for captions. */
export function lineKey(dashed: boolean): Html {
  return html`<svg class="how" viewBox="0 0 22 8" aria-hidden="true"><path d="M0,4H22" stroke="currentColor" stroke-width="2" fill="none"${
    dashed && new Html(' stroke-dasharray="4 3"')
  }/></svg>`;
}
