import sharp from 'sharp';

/** A picture of one colour. */
export function picture(
  format: 'png' | 'jpeg' | 'webp',
  { width = 8, height = 8, colour = [200, 100, 50] as number[], grey = false } = {},
): Promise<Buffer> {
  const [r = 0, g = 0, b = 0] = colour;
  const image = sharp({ create: { width, height, channels: 3, background: { r, g, b } } });
  return (grey ? image.greyscale() : image)[format]().toBuffer();
}

/** Pictures in class folders: `CLASS/NUMBER.png`, all different. */
export async function classFolders(
  classes: readonly string[],
  each: number,
): Promise<Record<string, Buffer>> {
  const tree: Record<string, Buffer> = {};
  for (const [label, name] of classes.entries()) {
    for (let number = 0; number < each; number++) {
      tree[`${name}/${number}.png`] = await picture('png', { colour: [label * 60, number * 10, 40] });
    }
  }
  return tree;
}
