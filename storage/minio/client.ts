import http from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'minio';
import { PreconditionFailedError, StoreAccessError, StoreUnavailableError } from '../object-store.ts';
import { StoreFullError, toStoreError } from './minio-errors.ts';
import { type StoreTimeouts, transportWithTimeouts } from './minio-transport.ts';
import type { StoreConfig } from './store-config.ts';

export function createClient(config: StoreConfig, timeouts: StoreTimeouts): Client {
  const { hostname, port, protocol } = new URL(config.endpoint);
  const secure = protocol === 'https:';
  return new Client({
    endPoint: hostname.replace(/^\[|\]$/g, ''),
    port: port ? Number(port) : secure ? 443 : 80,
    useSSL: secure,
    accessKey: config.accessKey,
    secretKey: config.secretKey,
    ...(config.sessionToken && { sessionToken: config.sessionToken }),
    region: config.region,
    transport: transportWithTimeouts(secure, timeouts),
    transportAgent: new (secure ? https : http).Agent({ keepAlive: true, maxSockets: 16 }),
    // Conditional writes do not cover multipart uploads, so every object goes in a single PUT.
    partSize: 5 * 1024 ** 3,
    // The library's own retries lose the server's error code.
    retryOptions: { disableRetry: true },
  });
}

/**
 * Runs `action`, up to four times if it fails for a reason that may pass.
 *
 * @param doing what the action does, such as `read trials/…/lease.json`; for messages.
 * @param limitMs no retry starts after this time.
 * @throws {Error} the last failure, translated by `toStoreError`.
 */
export async function withRetries<T>(
  doing: string,
  config: StoreConfig,
  action: () => Promise<T>,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<T> {
  const start = Date.now();
  for (let failures = 0; ; failures++) {
    try {
      return await action();
    } catch (cause) {
      if (TRANSLATED.some((kind) => cause instanceof kind)) throw cause;
      const error = toStoreError(cause, doing, config);
      const pauseMs = PAUSES_MS[failures];
      const mayPass = error instanceof StoreUnavailableError && !(error instanceof StoreFullError);
      if (!mayPass || pauseMs === undefined || Date.now() + pauseMs > start + limitMs) throw error;
      await pause(pauseMs * (0.5 + Math.random()));
    }
  }
}

// --- helpers ---

/** Before the second, third and fourth attempt; jitter makes each 0.5 to 1.5 times as long. */
const PAUSES_MS = [200, 600, 1_800];

/** Errors that `toStoreError` need not translate. */
const TRANSLATED = [PreconditionFailedError, StoreUnavailableError, StoreAccessError];
