/**
 * Numbers texts by their order: as numbers if all of them are, otherwise letter by letter.
 *
 * @returns each different text once, in order, and the place of each given one.
 */
export function numbered(texts: readonly string[]): { names: string[]; numbers: number[] } {
  const names = [...new Set(texts)];
  const areNumbers = names.every((name) => name.trim() !== '' && Number.isFinite(Number(name)));
  names.sort(areNumbers ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : 1));
  const places = new Map(names.map((name, place) => [name, place]));
  return { names, numbers: texts.map((text) => places.get(text) as number) };
}
