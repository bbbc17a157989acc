import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this machine keeps data sets, weights and downloads: `STAGED_STUDY_CACHE`, or a folder in the user's cache. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env.STAGED_STUDY_CACHE;
  if (given) return given;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'staged-study');
}
