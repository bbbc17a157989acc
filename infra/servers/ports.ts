import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/**
 * Chooses free ports of 127.0.0.1.
 *
 * @param wanted for each port, the numbers to try in order. If all are taken, the system chooses one.
 */
export async function freePorts<Name extends string>(
  wanted: Record<Name, readonly (number | undefined)[]>,
): Promise<Record<Name, number>> {
  const chosen = {} as Record<Name, number>;
  // All stay open until the last one is chosen, so that no port is chosen twice.
  const open: Opened[] = [];
  try {
    for (const name of Object.keys(wanted) as Name[]) {
      const opened = await openFirst([...wanted[name], 0]);
      open.push(opened);
      chosen[name] = opened.port;
    }
  } finally {
    await Promise.all(open.map(({ close }) => close()));
  }
  return chosen;
}

/** Whether this process, rather than another one that came first, listens on the port. */
export function listens(pid: number, port: number): boolean {
  const sockets = new Set(
    ['tcp', 'tcp6'].flatMap((protocol) => listeningSockets(`/proc/${pid}/net/${protocol}`, port)),
  );
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    // The process has ended, or has just closed a file.
    return false;
  }
}

// --- helpers ---

/**
 * The sockets of a /proc/PID/net/tcp file. Its columns: number, local address and port, remote address and port, state
 * (0A is listening), five more, inode.
 */
function listeningSockets(file: string, port: number): string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let lines: string[];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(wanted) && state === '0A')
    .map((fields) => `socket:[${fields[9]}]`);
}

interface Opened {
  port: number;
  close(): Promise<void>;
}

async function openFirst(ports: readonly (number | undefined)[]): Promise<Opened> {
  for (const port of ports) {
    const opened = port === undefined ? undefined : await openPort(port);
    if (opened) return opened;
  }
  throw new Error('no free port on 127.0.0.1');
}

function openPort(port: number): Promise<Opened | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1' }, () => {
      const address = server.address() as { port: number };
      resolve({ port: address.port, close: () => new Promise((done) => server.close(() => done())) });
    });
  });
}
