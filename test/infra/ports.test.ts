import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { freePorts, listens } from '../../infra/servers/ports.ts';

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

test('a wanted port is chosen if it is free, and another one otherwise', async () => {
  const { first } = await freePorts({ first: [] });
  expect(await freePorts({ again: [first] })).toEqual({ again: first });
  server = await listen(first);
  const { other } = await freePorts({ other: [first] });
  expect(other).not.toBe(first);
  expect(other).toBeGreaterThan(0);
});

test('no port is chosen twice', async () => {
  const { one } = await freePorts({ one: [] });
  const { a, b } = await freePorts({ a: [one], b: [one] });
  expect(a).toBe(one);
  expect(b).not.toBe(one);
});

test('the process that listens on a port is recognised', async () => {
  const { port } = await freePorts({ port: [] });
  expect(listens(process.pid, port)).toBe(false);
  server = await listen(port);
  expect(listens(process.pid, port)).toBe(true);
  expect(listens(process.ppid, port)).toBe(false);
});

function listen(port: number): Promise<Server> {
  return new Promise((resolve) => {
    const listening = createServer().listen(port, '127.0.0.1', () => resolve(listening));
  });
}
