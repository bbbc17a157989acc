import { z } from 'zod';

const NAME = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const ID = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A name that becomes part of workflow ids and of keys in the store. */
export const nameSchema = z
  .string()
  .regex(NAME, 'letters, digits, "_", "." and "-", at most 64, no "/" and no ".."');

/** Text for people. `Names in backticks` are set as code on the page. */
export const proseSchema = z.string().min(1).max(2000);

/** Whether a stage, a candidate or a profile can have this name. */
export function isName(value: string): boolean {
  return NAME.test(value);
}

export const MOST_ID_LENGTH = 100;

/** Whether a study can have this id, which becomes part of keys and of workflow ids. */
export function isValidId(value: string): boolean {
  return ID.test(value) && value.length <= MOST_ID_LENGTH;
}
