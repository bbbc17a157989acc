import type { Schema } from './parts.ts';

/** The type of a value and its limits, in words. A part with a section is a link. */
export function typeOf(schema: Schema): string {
  if (schema.title !== undefined) return linkTo(schema.title);
  if (schema.const !== undefined) return code(schema.const);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  switch (schema.type) {
    case 'array':
      return `list of ${entries(schema)}: ${typeOf(schema.items as Schema)}`;
    case 'object':
      return `object of ${typeOf(schema.additionalProperties || {})} by name`;
    case undefined:
      return 'any value';
    case 'string':
      return schema.pattern === undefined ? 'text' : 'name';
    case 'integer':
      return `whole number${limits(schema)}`;
    case 'boolean':
      return '`true` or `false`';
    case 'number':
      return `number${limits(schema)}`;
    default:
      throw new Error(`expected a type that has words, got ${schema.type}; add it to typeOf`);
  }
}

/** A link to a section. */
export function linkTo(title: string): string {
  return `[${title}](#${title.toLowerCase().replaceAll(' ', '-')})`;
}

// --- helpers ---

function code(value: string | boolean): string {
  return `\`${typeof value === 'string' ? `'${value}'` : value}\``;
}

function entries({ minItems = 0, maxItems }: Schema): string {
  return minItems === maxItems ? String(minItems) : `${minItems} to ${maxItems}`;
}

/** `, 1 to 8,192` */
function limits({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return `, ${grouped(minimum)} to ${grouped(maximum)}`;
  const parts = [
    ...(minimum === undefined ? [] : [`at least ${grouped(minimum)}`]),
    ...(exclusiveMinimum === undefined ? [] : [`more than ${grouped(exclusiveMinimum)}`]),
    ...(maximum === undefined ? [] : [`at most ${grouped(maximum)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`less than ${grouped(exclusiveMaximum)}`]),
  ];
  return parts.map((part) => `, ${part}`).join('');
}

function grouped(value: number): string {
  return value.toLocaleString('en');
}
