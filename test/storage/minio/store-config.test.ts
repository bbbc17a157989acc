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
    const config = { ...storeConfigFromEnvironment(complete), bucket: 'our.bucket', region: 'eu-west-1' };
    expect(storeConfigFromEnvironment(storeEnvironment(config))).toEqual(config);
    const temporary = { ...config, sessionToken: 'token' };
    expect(storeConfigFromEnvironment(storeEnvironment(temporary))).toEqual(temporary);
  });

  it('written for a child without a token keeps out that of the parent', () => {
    const child = {
      S3_SESSION_TOKEN: 'of other keys',
      ...storeEnvironment(storeConfigFromEnvironment(complete)),
    };
    expect(storeConfigFromEnvironment(child)).not.toHaveProperty('sessionToken');
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

  it.each(['My_Bucket', 'a..b', 'a-.b', 'ends.', '192.168.1.10'])('refuses the bucket name %s', (bucket) => {
    expect(() => storeConfigFromEnvironment({ ...complete, S3_BUCKET: bucket })).toThrow(
      new RegExp(`S3_BUCKET: expected 3 to 63 .* got "${bucket.replaceAll('.', '\\.')}"`),
    );
  });
});
