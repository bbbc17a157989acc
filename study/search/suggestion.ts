import type { SearchSpace } from '../definition/search-schema.ts';
import type { Suggestion } from '../record/search-record.ts';
import { valuesOf } from './distributions.ts';
import { namesOf, type Parameter, type Space, sameValue, type Values } from './space.ts';

/** A stage's space as samplers take it: without what a program has left undefined. */
export function spaceOf(space: SearchSpace): Space {
  return Object.fromEntries(Object.entries(space).filter(([, parameter]) => parameter)) as Space;
}

/** What a sampler has chosen, as settings: a field such as `optimizer.momentum` becomes part of its object. */
export function asSuggestion(values: Values): Suggestion {
  const settings: Values = {};
  // An object's name sorts before those of its fields.
  for (const name of Object.keys(values).sort()) {
    const { setting, field } = partsOf(name);
    settings[setting] = field ? { ...(settings[setting] as object), [field]: values[name] } : values[name];
  }
  return settings as Suggestion;
}

/** The values in a space that a suggestion was made from. */
export function asValues(suggestion: Suggestion, space: Space): Values {
  const settings: Values = { ...suggestion };
  const entries = namesOf(space).flatMap((name) => {
    const { setting, field } = partsOf(name);
    const value = settings[setting];
    if (value === undefined) return [];
    if (!field) return [[name, optionOf(name, value, space)]];
    const inside = (value as Values)[field];
    return inside === undefined ? [] : [[name, inside]];
  });
  return Object.fromEntries(entries);
}

/** The setting that a parameter's name stands for, and the field of it, if it is one. */
export function partsOf(name: string): { setting: string; field: string | undefined } {
  const [setting = name, field] = name.split('.');
  return { setting, field };
}

// --- helpers ---

/** The option that a value was before other parameters changed fields of it. */
function optionOf(name: string, value: unknown, space: Space): unknown {
  const fields = namesOf(space).flatMap((other) => {
    const { setting, field } = partsOf(other);
    return field && setting === name ? [field] : [];
  });
  if (fields.length === 0) return value;
  const bare = (object: unknown) =>
    Object.fromEntries(Object.entries(object as object).filter(([key]) => !fields.includes(key)));
  const options = valuesOf<unknown>(space[name] as Parameter) ?? [];
  return options.find((option) => sameValue(bare(option), bare(value))) ?? value;
}
