import http from 'node:http';
import https from 'node:https';

/** How long a request may make no progress before it fails. */
export interface StoreTimeouts {
  /** Until the connection is established. */
  connectTimeoutMs: number;
  /** Without a byte in either direction on an established connection. */
  idleTimeoutMs: number;
}

/**
 * Sends the client library's requests. The library itself waits forever for a server that doesn't answer, and
 * an agent's timeout doesn't end its requests.
 */
export function transportWithTimeouts(
  secure: boolean,
  { connectTimeoutMs, idleTimeoutMs }: StoreTimeouts,
): Pick<typeof http, 'request'> {
  const request = (options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
    const sent = (secure ? https : http).request(options, (response) => {
      // The library doesn't read the bodies of these replies. Unread, they would block their connections.
      if (DISCARDED_STATUSES.has(response.statusCode ?? 0)) response.resume();
      onResponse(response);
    });
    sent.setTimeout(idleTimeoutMs, () => {
      sent.destroy(new Error(`no answer within ${idleTimeoutMs / 1000} s`));
    });
    sent.on('socket', (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(() => {
        sent.destroy(new Error(`no connection within ${connectTimeoutMs / 1000} s`));
      }, connectTimeoutMs);
      const stop = () => clearTimeout(timer);
      socket.once('connect', stop).once('close', stop);
    });
    return sent;
  };
  return { request: request as typeof http.request };
}

// --- helpers ---

/** The library considers these retryable and, with its retries disabled, throws without reading the body. */
const DISCARDED_STATUSES = new Set([408, 429, 499, 500, 502, 503, 504, 520]);
