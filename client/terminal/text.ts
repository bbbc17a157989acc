import { styleText } from 'node:util';

/** Rows in columns as wide as their widest cell. */
export function table(header: string[], rows: string[][]): string {
  const widths = header.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return [header, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export const bold = (text: string): string => coloured('bold', text);
export const dim = (text: string): string => coloured('dim', text);
export const red = (text: string): string => coloured('red', text);
export const green = (text: string): string => coloured('green', text);

// --- helpers ---

/** `styleText` without its own check of the output, which versions of Node do differently. */
function coloured(style: string, text: string): string {
  const write = styleText as (style: string, text: string, options: object) => string;
  return hasColours() ? write(style, text, { validateStream: false }) : text;
}

/** As agreed for command lines: `NO_COLOR` and `FORCE_COLOR`, or else whether the output is a terminal. */
function hasColours(): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return false;
  return FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY === true;
}
