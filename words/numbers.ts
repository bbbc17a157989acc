const NO_BREAK_SPACE = '\u00a0';

/** `88.18 %`. On a page, `html` keeps it on one line. */
export function percent(value: number): string {
  return `${value.toFixed(2)} %`;
}

/** The size of a difference between two percentages: `1.20 points`. */
export function points(value: number): string {
  return `${Math.abs(value).toFixed(2)}${NO_BREAK_SPACE}points`;
}

/** A difference with its sign: `+1.20`, `−0.30`, `0.00`. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A difference of any size in two significant digits: `0`, `0.25`, `1.2e−7`. */
export function exact(value: number): string {
  return String(Number(value.toPrecision(2))).replaceAll('-', '−');
}

/** `1,234,567` */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 trial`, `3 trials` */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)}${NO_BREAK_SPACE}${value === 1 ? one : many}`;
}

/** A number of bytes: `512 B`, `3.4 MB`, `1.2 GB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  for (; value >= 999.95 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? value : value.toFixed(1)}${NO_BREAK_SPACE}${units[unit]}`;
}

/** A loss, nats an image. */
export function loss(value: number): string {
  return Math.abs(value) < 1000 ? value.toFixed(4) : value.toPrecision(4);
}

/** At most four significant digits. */
export function brief(value: number): number {
  return Number(value.toPrecision(4));
}

/** Seconds as `0.4 s`, `45 s`, `3 min 20 s`, `2 h 5 min` or `3 d 4 h`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** `2026-03-01 14:05 UTC`. Text that isn't a time is returned unchanged. */
export function moment(time: string): string {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) return time || 'unknown';
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Seconds between two times; null if either isn't a time. */
export function secondsBetween(start: string, end: string): number | null {
  const seconds = (Date.parse(end) - Date.parse(start)) / 1000;
  return Number.isNaN(seconds) ? null : seconds;
}

/** `a`, `a and b`, `a, b and c` */
export function list(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** A long name without its middle: the names of a study's trials differ at their ends. */
export function shorten(name: string, length: number): string {
  if (name.length <= length) return name;
  const head = Math.floor((length - 1) / 3);
  return `${name.slice(0, head)}…${name.slice(name.length - (length - 1 - head))}`;
}

/** The first twelve digits of a hash. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
