import type { Summary } from './timing/statistics.ts';

/** A Markdown table. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A median with its range. `\*` marks disturbed measurements. */
export function withRange(summary: Summary | undefined): string {
  if (!summary) return '–';
  const { median, least, most, runs, disturbed } = summary;
  const range = runs > 1 ? ` (${digits(least)}–${digits(most)})` : '';
  return `${digits(median)}${range}${disturbed > 0 ? '\\*' : ''}`;
}

/** A list of what could not be measured, and why; nothing if everything could. */
export function failures(failed: readonly { what: string; why: string }[]): string[] {
  if (failed.length === 0) return [];
  return [`Not measured:\n\n${failed.map(({ what, why }) => `- ${what}: ${why}`).join('\n')}`];
}

/** At least three significant digits. */
export function digits(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
