import { homedir } from 'node:os';
import { expect, it } from 'vitest';
import { cacheFolder } from '../../../storage/inputs/cache-folder.ts';

it.each([
  [{ STAGED_STUDY_CACHE: '/data/images', XDG_CACHE_HOME: '/xdg' }, '/data/images'],
  [{ XDG_CACHE_HOME: '/xdg' }, '/xdg/staged-study'],
  [{ STAGED_STUDY_CACHE: '', XDG_CACHE_HOME: '' }, `${homedir()}/.cache/staged-study`],
])('with %o, the cache folder is %s', (env, folder) => {
  expect(cacheFolder(env)).toBe(folder);
});
