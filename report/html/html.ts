import { brief } from '../../words/numbers.ts';

/** Markup that is already escaped. */
export class Html {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

export type Content = Html | string | number | null | undefined | false | readonly Content[];

/**
 * A template whose values are escaped, in text and in quoted attributes. Markup from another `html` is kept, lists are
 * joined, and null, undefined and false become nothing.
 */
export function html(parts: TemplateStringsArray, ...values: Content[]): Html {
  return new Html(
    parts.map((part, index) => (index === 0 ? part : render(values[index - 1]) + part)).join(''),
  );
}

/** Text with its `names in backticks` set as code, and its long numbers cut to four digits. */
export function prose(text: string): Html {
  // Every second part is a name.
  const parts = text.split(/`([^`]+)`/);
  return html`${parts.map((part, index) => (index % 2 === 1 ? code(part) : shortNumbers(part)))}`;
}

/** A name, which may break after its underscores. */
export function code(name: string): Html {
  return new Html(`<code>${escapeHtml(name).replace(/_(?=[^_])/g, '_<wbr>')}</code>`);
}

/** Text with the five special characters of HTML and SVG replaced, and no line break before a percent sign. */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/(\d) %/g, '$1\u00a0%');
}

// --- helpers ---

/** Numbers of more than four decimals have four significant digits; the exact ones are their titles. */
function shortNumbers(text: string): Html {
  const escaped = escapeHtml(text);
  return new Html(
    escaped.replace(/\b\d+\.\d{5,}(e[-+]?\d+)?/g, (exact) => {
      const short = String(brief(Number(exact)));
      return short === exact ? exact : `<span title="${exact}">${short}</span>`;
    }),
  );
}

function render(value: Content): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.source;
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}
