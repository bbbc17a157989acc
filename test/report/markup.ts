/** Reading pages in tests. */

/** Tags that are closed by another's end or by none: empty for a valid page. */
export function unbalanced(html: string): string[] {
  const open: string[] = [];
  const faults: string[] = [];
  const markup = html.replace(/<style>[\s\S]*?<\/style>/, '').replace(/^<!doctype html>/, '');
  for (const [, close, name, rest] of markup.matchAll(/<(\/?)([a-zA-Z]\w*)((?:"[^"]*"|[^">])*)>/g)) {
    if (close) {
      const expected = open.pop();
      if (expected !== name) faults.push(`</${name}> where </${expected}> is due`);
    } else if (!rest?.endsWith('/') && !['meta', 'br', 'wbr'].includes(name as string)) {
      open.push(name as string);
    }
  }
  if (/[<>]/.test(markup.replace(/<\/?[a-zA-Z](?:"[^"]*"|[^">])*>/g, ''))) faults.push('a stray < or >');
  return [...faults, ...open.map((name) => `<${name}> is not closed`)];
}

/** What a reader sees: tags as spaces, entities as characters, white space as one space. */
export function visibleText(html: string): string {
  return html
    .replace(/<(style|title)>[\s\S]*?<\/\1>/g, '')
    .replace(/<\/?(code|strong|em|mark|span|wbr)\b[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_entity, code: string) => String.fromCharCode(Number(code)))
    .replace(/[\s\u00a0]+/g, ' ');
}
