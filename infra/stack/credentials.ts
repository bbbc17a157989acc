import { randomBytes } from 'node:crypto';
import type { Credentials } from '../servers/minio-server.ts';
import { damaged, readStateFile, statePaths, writeStateFile } from './state-folder.ts';

/** MinIO's credentials. The first call generates them and writes them to a file that only its owner can read. */
export function readOrMakeCredentials(stateFolder: string): Credentials {
  const { credentials: path } = statePaths(stateFolder);
  const found = readStateFile<Credentials>(path);
  if (found) {
    if (found.accessKey && found.secretKey) return found;
    throw damaged(path, undefined);
  }
  const made = { accessKey: 'staged-study', secretKey: randomBytes(24).toString('base64url') };
  writeStateFile(path, made);
  return made;
}
