import { sourceName } from '../../study/record/source-name.ts';
import { sha256Of } from '../blobs.ts';
import { addressKey } from '../keys.ts';
import type { ObjectStore } from '../object-store.ts';

/**
 * Keeps a URL in the store, where only those read it who may read the data too. What workflows are given stays in
 * Temporal's histories, where everyone who may look at them would see the query, which is a secret if the URL is presigned.
 *
 * @returns a name for workflows: the URL with its hash in the place of query and fragment.
 */
export async function putAddress(store: ObjectStore, url: string): Promise<string> {
  const sha256 = sha256Of(Buffer.from(url));
  await store.put(addressKey(sha256), Buffer.from(url));
  return `${sourceName(url)}#${sha256}`;
}

/**
 * The URL that a name of `putAddress` stands for. Every other path or URL stands for itself.
 *
 * @returns undefined if the store doesn't have the URL any more, or the name is of another one.
 */
export async function readAddress(store: ObjectStore, name: string): Promise<string | undefined> {
  const [, sha256] = /^https?:[^#]*#([0-9a-f]{64})$/.exec(name) ?? [];
  if (sha256 === undefined) return name;
  const url = (await store.get(addressKey(sha256)))?.body.toString();
  const isRight = url !== undefined && sha256Of(Buffer.from(url)) === sha256;
  return isRight && sourceName(url) === sourceName(name) ? url : undefined;
}
