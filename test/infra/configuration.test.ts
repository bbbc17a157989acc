import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfiguration } from '../../infra/configuration.ts';
import { projectRoot } from '../../infra/project.ts';
import { UserError } from '../../infra/user-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));
const noProfiles = { TEMPORAL_CONFIG_FILE: join(folder, 'none.toml') };
const store = { S3_ENDPOINT: 'http://store.example:9000/', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' };

test('without configuration, everything is embedded and the state folder is in the project', () => {
  expect(readConfiguration({ ...noProfiles, TEMPORAL_ADDRESS: '', S3_ENDPOINT: '' })).toEqual({
    kind: 'embedded',
    stateFolder: join(projectRoot, '.state'),
    store: undefined,
  });
});

test('with a store only, Temporal and the workers are embedded', () => {
  expect(readConfiguration({ ...noProfiles, ...store, STAGED_STUDY_STATE: '/somewhere' })).toEqual({
    kind: 'embedded',
    stateFolder: '/somewhere',
    store: {
      endpoint: 'http://store.example:9000',
      accessKey: 'key',
      secretKey: 'secret',
      bucket: 'staged-study',
      region: 'us-east-1',
    },
  });
});

test('a Temporal address and a store make a deployment', () => {
  const configuration = readConfiguration({
    ...noProfiles,
    ...store,
    S3_BUCKET: 'ours',
    TEMPORAL_ADDRESS: 'temporal.example:7233',
    TEMPORAL_NAMESPACE: 'studies',
  });
  expect(configuration).toMatchObject({
    kind: 'deployment',
    temporal: { connectionOptions: { address: 'temporal.example:7233' }, namespace: 'studies' },
    store: { bucket: 'ours' },
  });
});

test("a profile of Temporal's configuration file is a deployment", () => {
  const file = join(folder, 'temporal.toml');
  writeFileSync(file, '[profile.far]\naddress = "far.example:7233"\n[profile.empty]\n');
  const environment = { ...store, TEMPORAL_CONFIG_FILE: file };
  expect(readConfiguration({ ...environment, TEMPORAL_PROFILE: 'far' })).toMatchObject({
    temporal: { connectionOptions: { address: 'far.example:7233' }, namespace: 'default' },
  });
  expect(readConfiguration(environment)).toMatchObject({ kind: 'embedded' });
  expect(() => readConfiguration({ ...environment, TEMPORAL_PROFILE: 'empty' })).toThrow(/has no address/);
  expect(() => readConfiguration({ ...environment, TEMPORAL_PROFILE: 'nowhere' })).toThrow(/nowhere/);
});

test.each([
  [{ TEMPORAL_ADDRESS: 'temporal.example:7233' }, /no object store.*S3_ENDPOINT/],
  [{ S3_ENDPOINT: 'http://store.example' }, /set S3_ACCESS_KEY and S3_SECRET_KEY too/],
  [{ S3_ACCESS_KEY: 'key' }, /set S3_ENDPOINT and S3_SECRET_KEY too/],
  [{ ...store, S3_BUCKET: 'Ours' }, /S3_BUCKET: expected .*got "Ours"/],
  [{ ...store, S3_ENDPOINT: 'store.example:9000' }, /S3_ENDPOINT: expected http.*got "store\.example:9000"/],
])('an incomplete or malformed configuration is refused: %o', (environment, message) => {
  const read = () => readConfiguration({ ...noProfiles, ...environment });
  expect(read).toThrow(UserError);
  expect(read).toThrow(message);
});
