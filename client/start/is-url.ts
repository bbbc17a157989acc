/** Whether a data set or weights that a user names are downloaded, rather than read from a file. */
export function isUrl(given: string): boolean {
  return /^https?:\/\//.test(given);
}
