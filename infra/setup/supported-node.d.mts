/**
 * @param version as in `process.versions.node`, which is the default
 * @returns a line that says which Node is needed, or undefined where this one will do.
 */
export function unsupportedNode(version?: string): string | undefined;
