/**
 * Makes the data of the examples: `node examples/make-data.mjs [FOLDER]`.
 *
 * - `signs/`: 240 pictures of six signs, of many sizes, PNG and JPEG, some of them grey;
 * - `fruit.csv`: 400 pieces of fruit: weight, length, colour, and where they were bought.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const folder = process.argv[2] ?? dirname(fileURLToPath(import.meta.url));

/** Numbers from 0 to 1, the same each time. @param {number} seed */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const SIGNS = {
  circle: '<circle cx="50" cy="50" r="32" />',
  cross: '<path d="M20 20 L80 80 M80 20 L20 80" stroke-width="16" />',
  diamond: '<path d="M50 14 L86 50 L50 86 L14 50 Z" />',
  ring: '<circle cx="50" cy="50" r="30" fill="none" stroke-width="14" />',
  square: '<rect x="22" y="22" width="56" height="56" />',
  triangle: '<path d="M50 16 L86 82 L14 82 Z" />',
};

const random = createRandom(1);
/** @type {(from: number, to: number) => number} */
const between = (from, to) => from + random() * (to - from);
/** @type {(from: number, to: number) => string} */
const colour = (from, to) => `rgb(${[0, 0, 0].map(() => Math.round(between(from, to))).join()})`;

for (const [name, shape] of Object.entries(SIGNS)) {
  await mkdir(join(folder, 'signs', name), { recursive: true });
  for (let number = 0; number < 40; number++) {
    const [width, height] = [Math.round(between(24, 90)), Math.round(between(24, 90))];
    const [sign, ground] = [colour(0, 110), colour(140, 255)];
    const moved = `translate(${between(-8, 8)} ${between(-8, 8)}) rotate(${between(-12, 12)} 50 50)`;
    const svg =
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 100 100">` +
      `<rect x="-100" y="-100" width="300" height="300" fill="${ground}" />` +
      `<g fill="${sign}" stroke="${sign}" transform="${moved}">${shape}</g></svg>`;
    const image = number % 5 === 0 ? sharp(Buffer.from(svg)).greyscale() : sharp(Buffer.from(svg));
    const isPng = number % 2 === 0;
    const file = join(folder, 'signs', name, `${number}.${isPng ? 'png' : 'jpg'}`);
    await (isPng ? image.png() : image.jpeg({ quality: 85 })).toFile(file);
  }
}

/** Weight in grams, length in centimetres, and the colours that each kind has. */
const FRUIT = [
  { kind: 'apple', weight: 160, length: 7.5, colours: ['red', 'green', 'yellow'] },
  { kind: 'banana', weight: 130, length: 18, colours: ['yellow', 'green'] },
  { kind: 'lemon', weight: 90, length: 8, colours: ['yellow'] },
  { kind: 'plum', weight: 60, length: 5, colours: ['red', 'blue'] },
];
/** @type {(values: string[]) => string | undefined} */
const pick = (values) => values[Math.floor(random() * values.length)];
/** @type {(value: number) => string} */
const around = (value) => (value * (1 + 0.2 * (random() + random() + random() - 1.5))).toFixed(1);

const rows = ['weight,length,colour,shop,kind'];
for (let number = 0; number < 100; number++) {
  for (const { kind, weight, length, colours } of FRUIT) {
    // Every tenth plum has lost its weight.
    const isLost = kind === 'plum' && number % 10 === 7;
    rows.push(
      [isLost ? '' : around(weight), around(length), pick(colours), pick(['north', 'south']), kind].join(),
    );
  }
}
await writeFile(join(folder, 'fruit.csv'), `${rows.join('\n')}\n`);
console.log(`signs/ and fruit.csv are in ${folder}`);
