/** Whether a source is downloaded, rather than opened as a file. */
export function isUrl(source: string): boolean {
  return /^https?:/.test(source);
}
