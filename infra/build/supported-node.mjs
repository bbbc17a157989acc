// Plain JavaScript: it also has to run on a Node that is too old for the rest of the program.

/** First supported minor release of each supported major release. @type {Record<number, number>} */
const FIRST_MINOR = { 20: 12, 22: 12, 24: 0 };

/**
 * @param {string} [version] as in `process.versions.node`, which is the default.
 * @returns {string | undefined} a message that names the supported versions, or undefined if this one is supported.
 */
export function unsupportedNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (minor >= (FIRST_MINOR[major] ?? Number.POSITIVE_INFINITY)) return undefined;
  return `Node ${version} is not supported: use Node 20 (20.12 or newer), 22 (22.12 or newer) or 24.`;
}
