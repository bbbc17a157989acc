/**
 * What a path or URL is recorded and shown as. A URL loses its credentials, query and fragment: a presigned URL's query
 * is a secret, and the path identifies the file.
 */
export function sourceName(source: string): string {
  if (!/^https?:/i.test(source)) return source;
  if (!URL.canParse(source)) return source.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
  const { origin, pathname } = new URL(source);
  return `${origin}${pathname}`;
}
