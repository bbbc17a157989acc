import { DataError } from '../data-error.ts';
import type { SourceFiles } from '../sources/source-file.ts';
import { type NpyArray, readNpy } from './npy.ts';

/** The names of the arrays of an `.npz` file: a zip archive of `.npy` files alone. Undefined for another archive. */
export function arrayNames({ files }: SourceFiles): string[] | undefined {
  const names = files.map(({ path }) => /^([^/]+)\.npy$/.exec(path)?.[1]);
  return files.length > 0 && names.every((name) => name !== undefined) ? (names as string[]) : undefined;
}

/**
 * Reads arrays of an `.npz` file.
 *
 * @throws {DataError} if the file has no such array, or if one is damaged.
 */
export async function readArrays(
  source: SourceFiles,
  names: readonly string[],
  where: string,
): Promise<Map<string, NpyArray>> {
  const arrays = new Map<string, NpyArray>();
  const wanted = new Set(names.map((name) => `${name}.npy`));
  await source.readEach(wanted, async ({ path }, bytes) => {
    const name = path.slice(0, -'.npy'.length);
    arrays.set(name, readNpy(bytes, `${where}: ${name}`));
  });
  const missing = names.find((name) => !arrays.has(name));
  if (missing !== undefined) {
    throw new DataError(
      `${where}: expected an array "${missing}", got ${arrayNames(source)?.join(', ') || 'none'}; name one that it has`,
    );
  }
  return arrays;
}
