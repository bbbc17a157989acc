import {
  countData as count,
  type FoundData,
  inspectData as inspect,
} from '../../training/data/inspect/inspect-data.ts';
import type { Answer, Job } from '../protocol.ts';

/** Looks at data in a process of its own, so that a malformed file can't crash the command. */
export function inspectData({ path }: Job<'inspectData'>): Promise<FoundData> {
  return inspect(path);
}

/** Counts the examples of data in the same way. */
export function countData({ path, data }: Job<'countData'>): Promise<Answer<'countData'>> {
  return count(path, data);
}
