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

export const bold = (text: string): string => styled('bold', text);
export const dim = (text: string): string => styled('dim', text);
export const red = (text: string): string => styled('red', text);
export const green = (text: string): string => styled('green', text);

// --- helpers ---

/** Only in a terminal, and not if NO_COLOR is set. Not every supported Node checks this in `styleText`. */
function styled(style: 'bold' | 'dim' | 'red' | 'green', text: string): string {
  const isColoured = process.env.FORCE_COLOR ?? (process.stdout.isTTY && process.stdout.hasColors());
  return isColoured ? styleText(style, text) : text;
}
