import { inParallel } from '../in-parallel.ts';
import { checkpointsPrefix, leaseKey, resultKey, trialConfigKey, trialPrefix } from '../keys.ts';
import type { ObjectListing, ObjectStore } from '../object-store.ts';
import type { Garbage, GarbageOptions } from './garbage.ts';
import { hashesIn } from './hashes.ts';

/** What a trial needs, and what of it nobody needs. */
export interface Examined {
  /** Hashes that are named by what stays. */
  named: string[];
  /** Hashes that are named by what goes with an unwanted study. */
  freed: string[];
  garbage: Garbage[];
}

/** What is known of studies. */
interface Studies {
  named: ReadonlySet<string>;
  unwantedNames: ReadonlySet<string>;
  busy: ReadonlySet<string>;
  isOnePreparing: boolean;
}

/** @param listed its objects as they were a while ago. */
export async function examineTrial(
  store: ObjectStore,
  trial: string,
  listed: ObjectListing[],
  options: GarbageOptions & Studies,
): Promise<Examined> {
  for (let objects = listed; ; objects = await store.list(trialPrefix(trial))) {
    const texts = await readTexts(store, trial, objects);
    // One that is gone may have been replaced by another that names the same blobs.
    if (texts) return examine(trial, objects, texts, options);
  }
}

// --- helpers ---

type Texts = Map<string, Buffer>;

/** @returns undefined if an object has been deleted since it was listed. */
async function readTexts(
  store: ObjectStore,
  trial: string,
  objects: readonly ObjectListing[],
): Promise<Texts | undefined> {
  const single = [resultKey(trial), leaseKey(trial), trialConfigKey(trial)];
  const wanted = objects.filter(
    ({ key }) => single.includes(key) || key.startsWith(checkpointsPrefix(trial)),
  );
  const texts: Texts = new Map();
  await inParallel(wanted, async ({ key }) => {
    const body = (await store.get(key))?.body;
    if (body) texts.set(key, body);
  });
  return texts.size === wanted.length ? texts : undefined;
}

function examine(
  trial: string,
  objects: ObjectListing[],
  texts: Texts,
  { before, running, unwanted, named, unwantedNames, busy, isOnePreparing }: GarbageOptions & Studies,
): Examined {
  const isOld = ({ lastModified }: ObjectListing) => lastModified < before;
  const stored = texts.get(resultKey(trial));
  const result = stored && isFinal(stored) ? stored : undefined;
  const manifests = objects.filter(({ key }) => key.startsWith(checkpointsPrefix(trial)));
  const hashesOf = (parts: readonly ObjectListing[]) =>
    parts.flatMap(({ key }) => hashesIn(texts.get(key) ?? Buffer.alloc(0)));
  const whole = (isUnwanted: boolean): Garbage => ({ kind: 'trial', name: trial, objects, isUnwanted });

  const isOfUnwanted =
    unwantedNames.has(trial) || unwanted.includes(studyOf(stored ?? texts.get(leaseKey(trial))) ?? '');
  if (isOfUnwanted && !named.has(trial)) {
    return { named: [], freed: [...texts.values()].flatMap(hashesIn), garbage: [whole(true)] };
  }
  if (result) {
    const old = manifests.filter(isOld);
    const young = manifests.filter((manifest) => !isOld(manifest));
    const checkpoints: Garbage = { kind: 'checkpoints', name: trial, objects: old, isUnwanted: false };
    return {
      named: [...hashesIn(result), ...hashesOf(young)],
      freed: [],
      garbage: old.length > 0 ? [checkpoints] : [],
    };
  }
  const config = texts.get(trialConfigKey(trial));
  const mayBeTrained =
    isOnePreparing || (config ? hashesIn(config).some((hash) => busy.has(hash)) : running.length > 0);
  // What a search has stopped has no result, but its study names it, and another study may train the rest of it.
  const isAbandoned = !stored && !named.has(trial) && !mayBeTrained && objects.every(isOld);
  if (isAbandoned) return { named: [], freed: [], garbage: [whole(false)] };
  return { named: [...texts.values()].flatMap(hashesIn), freed: [], garbage: [] };
}

/** Earlier versions stored a lack of memory as a result. Such a trial is trained again, from its checkpoints. */
function isFinal(result: Buffer): boolean {
  return !result.includes('"outcome":"outOfMemory"');
}

/** The study whose attempt wrote a result or a lease: its holder is `NAMESPACE STUDY/STAGE/TRIAL RUN ACTIVITY`. */
function studyOf(body: Buffer | undefined): string | undefined {
  try {
    const { holder } = JSON.parse(body?.toString() ?? '{}') as { holder?: string };
    return holder?.split(' ')[1]?.split('/')[0];
  } catch {
    return undefined;
  }
}
