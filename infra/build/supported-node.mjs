// Plain JavaScript: it has to run on a Node that may be too old for everything else.

/** First supported minor release of each supported major release. @type {Record<number, number>} */
const firstMinor = { 20: 3, 22: 12, 24: 0 };

/**
 * @param {string} [version] as in `process.versions.node`, which is the default
 * @returns {string | undefined} a line that says which Node is needed; undefined if this one will do.
 */
export function unsupportedNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (minor >= (firstMinor[major] ?? Number.POSITIVE_INFINITY)) return undefined;
  return `Node ${version} is not supported: use Node 20 (20.3 or newer), 22 (22.12 or newer) or 24.`;
}
