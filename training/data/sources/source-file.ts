/** A file of a folder or an archive. */
export interface SourceFile {
  /** Relative, with `/` between its parts. */
  path: string;
  sizeBytes: number;
}

/** The files of a folder or an archive, without hidden ones. */
export interface SourceFiles {
  /** Sorted by path, so that a folder and its archives give the same. */
  files: readonly SourceFile[];
  /** Paths of its folders, as far as it lists them. */
  folders: readonly string[];
  /**
   * Reads files one after another, in any order. The next ones may be read while `use` works.
   *
   * @param wanted paths.
   * @throws {DataError} if a file can't be read, or has another size than stated.
   */
  readEach(
    wanted: ReadonlySet<string>,
    use: (file: SourceFile, bytes: Buffer) => Promise<void>,
  ): Promise<void>;
}

/** The most that a single file may have: of an image more than any camera makes. */
export const MOST_FILE_BYTES = 500_000_000;
export const MOST_FILES = 2_000_000;
