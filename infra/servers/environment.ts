/** This process's environment without the variables that start with one of the prefixes, for a child process. */
export function environmentWithout(prefixes: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !prefixes.some((prefix) => name.startsWith(prefix))),
  );
}
