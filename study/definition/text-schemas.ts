import { z } from 'zod';

/** A name that becomes part of workflow ids and of keys in the store. */
export const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, 'letters, digits, "_", "." and "-", at most 64, no "/"');

/** Text for people. `Names in backticks` are set as code on the page. */
export const proseSchema = z.string().min(1).max(2000);
