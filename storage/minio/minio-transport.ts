import http from 'node:http';
import https from 'node:https';

/** How long a request may make no headway before it fails. */
export interface StoreTimeouts {
  /** Until the connection stands. */
  connectTimeoutMs: number;
  /** Without a byte in either direction on a standing connection. */
  idleTimeoutMs: number;
}

/**
 * What the client library sends its requests through. The library itself waits for ever for a server that
 * doesn't answer, and an agent's time-out doesn't end its requests.
 */
export function transportWithTimeouts(
  secure: boolean,
  { connectTimeoutMs, idleTimeoutMs }: StoreTimeouts,
): Pick<typeof http, 'request'> {
  const request = (options: https.RequestOptions, onResponse: (response: http.IncomingMessage) => void) => {
    const sent = (secure ? https : http).request(options, (response) => {
      // The library throws these away unread, and the connection would stay taken.
      if (discardedStatuses.has(response.statusCode ?? 0)) response.resume();
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

/** The library takes these for worth a retry, which is switched off, and throws without reading the body. */
const discardedStatuses = new Set([408, 429, 499, 500, 502, 503, 504, 520]);
