/**
 * Everything that a JSON object may name: trials, blobs, data sets and weights have the SHA-256 of their content as their
 * names. Read as text, so that what a later version adds to an object counts too.
 */
export function hashesIn(body: Buffer): string[] {
  return body.toString('latin1').match(/\b[0-9a-f]{64}\b/g) ?? [];
}
