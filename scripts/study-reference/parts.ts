/** What this script reads of JSON Schema, as zod writes it. */
export interface Schema {
  title?: string;
  description?: string;
  type?: string;
  const?: string | boolean;
  enum?: string[];
  /** Of each value of `enum`: this is not part of JSON Schema. */
  meanings?: Record<string, string>;
  default?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | false;
}

/** A part of a study that has its own section: every schema with a title. */
export interface Part {
  title: string;
  schema: Schema;
}

/** A schema and everything in it that is a part, by title. */
export function partsOf(schema: Schema, parts = new Map<string, Part>()): Map<string, Part> {
  const { title } = schema;
  if (title !== undefined && !parts.has(title)) parts.set(title, { title, schema });
  for (const child of children(schema)) partsOf(child, parts);
  return parts;
}

// --- helpers ---

function children({
  properties = {},
  anyOf = [],
  oneOf = [],
  items,
  additionalProperties,
}: Schema): Schema[] {
  return [...Object.values(properties), ...anyOf, ...oneOf, items, additionalProperties || undefined].filter(
    (child) => child !== undefined,
  );
}
