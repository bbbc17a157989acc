/**
 * Text of a study or of an error as one line of Markdown that shows it as it is. Else it could hide what follows it, or
 * show links and images of its own.
 */
export function inMarkdown(text: string): string {
  return (
    text
      .trim()
      .replaceAll(/\s*\n\s*/g, ' ')
      // Within a word, an underscore is only that.
      .replaceAll(/[\\`*[\]<>~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&')
  );
}
