// Plain JavaScript: it has to run on a Node that may be too old for everything else.

/** First minor release of each supported major release. */
const firstMinor = { 20: 3, 22: 12, 24: 0 };

/**
 * @param {string} version
 * @returns {string | undefined}
 */
export function unsupportedNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (minor >= firstMinor[major]) return undefined;
  return `Node ${version} is not supported: use Node 20 (20.3 or newer), 22 (22.12 or newer) or 24.`;
}
