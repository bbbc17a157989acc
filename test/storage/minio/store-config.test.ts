import { describe, expect, it } from 'vitest';
import {
  findStoreConfig,
  StoreConfigError,
  storeConfigFromEnvironment,
  storeEnvironment,
} from '../../../storage/minio/store-config.ts';

describe('the store configuration', () => {
  const complete = { S3_ENDPOINT: 'http://127.0.0.1:9000/', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret' };

  it('has a default bucket and region', () => {
    expect(storeConfigFromEnvironment(complete)).toEqual({
      endpoint: 'http://127.0.0.1:9000',
      accessKey: 'key',
      secretKey: 'secret',
      bucket: 'staged-study',
      region: 'us-east-1',
    });
  });

  it('is written to an environment as it was read', () => {
    const config = { ...storeConfigFromEnvironment(complete), bucket: 'ours', region: 'eu-west-1' };
    expect(storeConfigFromEnvironment(storeEnvironment(config))).toEqual(config);
  });

  it('may be absent', () => {
    const absent = { S3_ENDPOINT: '', S3_BUCKET: 'ours' };
    expect(findStoreConfig(absent)).toBeUndefined();
    expect(() => storeConfigFromEnvironment(absent)).toThrow(StoreConfigError);
    expect(() => storeConfigFromEnvironment(absent)).toThrow(
      /set S3_ENDPOINT.*S3_ACCESS_KEY and S3_SECRET_KEY/,
    );
  });

  it('names what is missing', () => {
    const partial = { S3_ENDPOINT: 'http://127.0.0.1:9000' };
    expect(() => findStoreConfig(partial)).toThrow(/set S3_ACCESS_KEY and S3_SECRET_KEY too/);
    expect(() => storeConfigFromEnvironment(partial)).toThrow(/set S3_ACCESS_KEY and S3_SECRET_KEY too/);
  });

  it.each(['127.0.0.1:9000', 'ftp://host', 'http://host/path', 'http://user@host'])(
    'refuses the endpoint %s',
    (endpoint) => {
      expect(() => storeConfigFromEnvironment({ ...complete, S3_ENDPOINT: endpoint })).toThrow(
        /S3_ENDPOINT: expected http:\/\/HOST:PORT.*got/,
      );
    },
  );

  it('refuses an invalid bucket name', () => {
    expect(() => storeConfigFromEnvironment({ ...complete, S3_BUCKET: 'My_Bucket' })).toThrow(
      /S3_BUCKET: expected 3 to 63 .* got "My_Bucket"/,
    );
  });
});
