import { inParallel } from '../in-parallel.ts';
import {
  ADDRESSES_PREFIX,
  BLOBS_PREFIX,
  DATASETS_PREFIX,
  PROBES_PREFIX,
  STUDIES_PREFIX,
  studyPrefix,
  TRIALS_PREFIX,
  WEIGHTS_PREFIX,
} from '../keys.ts';
import type { ObjectListing, ObjectStore } from '../object-store.ts';
import { examineTrial } from './examine-trial.ts';
import { type Garbage, type GarbageOptions, StudyInUseError } from './garbage.ts';
import { hashesIn } from './hashes.ts';

/**
 * Finds what nothing needs any more:
 *
 * - blobs that no result, checkpoint or study names;
 * - checkpoints of trials that have a result;
 * - trials without a result that no study names and on which nobody has worked for a while, if no running study trains on their data;
 * - data sets and weights that no study and no trial names, and what was kept or tried out for a short time;
 * - unwanted studies, with what only they name.
 *
 * Results stay: later studies use them. Running studies may write meanwhile.
 *
 * @returns it in the order in which it is to be removed.
 * @throws {StudyInUseError} if a running study trains on the data of an unwanted one.
 */
export async function findGarbage(store: ObjectStore, options: GarbageOptions): Promise<Garbage[]> {
  const { before, unwanted } = options;
  // What is named is listed before what names it: a blob that is stored meanwhile isn't in the list.
  const blobs = await store.list(BLOBS_PREFIX);
  const inputs = [...(await store.list(DATASETS_PREFIX)), ...(await store.list(WEIGHTS_PREFIX))];
  const trials = grouped(await store.list(TRIALS_PREFIX));
  const studies = await readStudies(store, options);

  const named = new Set(studies.named);
  const freed = new Set(studies.unwantedNames);
  const examined = await inParallel([...trials], async ([trial, objects]) => {
    const found = await examineTrial(store, trial, objects, { ...options, ...studies });
    for (const hash of found.named) named.add(hash);
    for (const hash of found.freed) freed.add(hash);
    return found.garbage;
  });

  const isOld = ({ lastModified }: ObjectListing) => lastModified < before;
  const orphans = blobs.filter((blob) => {
    const hash = hashOf(blob);
    return hash !== '' && !named.has(hash) && (freed.has(hash) || isOld(blob));
  });
  const unused = [...grouped(inputs)].filter(
    ([hash, objects]) => !named.has(hash) && !studies.isOnePreparing && objects.every(isOld),
  );
  const addresses = studies.isOnePreparing ? [] : await store.list(ADDRESSES_PREFIX);
  const probes = await store.list(PROBES_PREFIX);
  return [
    ...examined.flat(),
    ...orphans.map((blob) => one('blob', blob, freed.has(hashOf(blob)))),
    ...unused.map(([name, objects]) => ({
      kind: objects.some(({ key }) => key.startsWith(DATASETS_PREFIX))
        ? ('data set' as const)
        : ('weights' as const),
      name,
      objects: objects.sort((a, b) => Number(b.key.endsWith('.json')) - Number(a.key.endsWith('.json'))),
      isUnwanted: false,
    })),
    ...addresses.filter(isOld).map((address) => one('address', address)),
    ...probes.filter(isOld).map((probe) => one('probe', probe)),
    ...unwanted.map((name) => ({
      kind: 'study' as const,
      name,
      objects: studies.objectsOf(name),
      isUnwanted: true,
    })),
  ];
}

// --- helpers ---

/** What studies name, by their JSON objects. */
async function readStudies(store: ObjectStore, { running, unwanted }: GarbageOptions) {
  const objects = await store.list(STUDIES_PREFIX);
  const texts = objects.filter(({ key }) => key.endsWith('.json') && !key.includes('/report/'));
  const hashes = new Map<string, Set<string>>();
  await inParallel(texts, async ({ key }) => {
    const body = (await store.get(key))?.body;
    const study = key.split('/')[1] as string;
    const known = hashes.get(study) ?? new Set();
    for (const hash of body ? hashesIn(body) : []) known.add(hash);
    hashes.set(study, known);
  });
  const hashesOf = (studies: Iterable<string>) =>
    new Set([...studies].flatMap((study) => [...(hashes.get(study) ?? [])]));

  const busy = hashesOf(running);
  for (const study of unwanted) {
    const user = running.find((other) =>
      [...(hashes.get(other) ?? [])].some((hash) => hashes.get(study)?.has(hash)),
    );
    if (user !== undefined) {
      throw new StudyInUseError(
        `${study}: expected a study on whose data no other study trains now, but ${user} does and may use its results; ` +
          `wait for its end, or cancel it`,
      );
    }
  }
  return {
    /** Hashes that studies name that stay. */
    named: hashesOf([...hashes.keys()].filter((study) => !unwanted.includes(study))),
    /** Hashes that unwanted studies name. */
    unwantedNames: hashesOf(unwanted),
    /** Hashes that running studies name: their data sets and weights. */
    busy,
    /** A running study that has no `study.json` yet may be about to use any data set, weights or address. */
    isOnePreparing: running.some((study) => !hashes.has(study)),
    /** Its `study.json` last: until it is gone, the study can be found and removed again. */
    objectsOf: (study: string): ObjectListing[] =>
      objects
        .filter(({ key }) => key.startsWith(studyPrefix(study)))
        .sort((a, b) => Number(a.key.endsWith('/study.json')) - Number(b.key.endsWith('/study.json'))),
  };
}

/** By the hash that follows the first slash of their keys. */
function grouped(objects: readonly ObjectListing[]): Map<string, ObjectListing[]> {
  const groups = new Map<string, ObjectListing[]>();
  for (const object of objects) {
    const hash = hashOf(object);
    if (hash === '') continue;
    const group = groups.get(hash);
    if (group) group.push(object);
    else groups.set(hash, [object]);
  }
  return groups;
}

/** @returns an empty text for an object that isn't ours. */
function hashOf({ key }: ObjectListing): string {
  return /^[a-z]+\/([0-9a-f]{64})(?:[./]|$)/.exec(key)?.[1] ?? '';
}

function one(kind: Garbage['kind'], object: ObjectListing, isUnwanted = false): Garbage {
  return { kind, name: object.key, objects: [object], isUnwanted };
}
