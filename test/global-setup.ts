import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { compileIfStale } from '../infra/build/compile.mjs';
import { launch, type ManagedProcess } from '../infra/servers/managed-process.ts';
import { minioServerLaunch, untilMinioAnswers } from '../infra/servers/minio-server.ts';
import { freePorts } from '../infra/servers/ports.ts';
import {
  prepareNamespace,
  temporalServerLaunch,
  untilTemporalAnswers,
} from '../infra/servers/temporal-server.ts';
import { ensureNativeParts, type NativeParts } from '../infra/setup/native-parts.ts';
import { ensureBucket } from '../storage/minio/bucket.ts';
import type { StoreConfig } from '../storage/minio/store-config.ts';
import { workflowBundle } from '../workers/workflow-bundle.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A Temporal server that all tests share. Its namespace is `default`. */
    temporalAddress: string;
    /** A MinIO server that all tests share, with an existing bucket. */
    store: StoreConfig;
    nativeParts: NativeParts;
    /** Path of the bundled workflows. */
    workflowBundle: string;
  }
}

/** Compiles the sources, starts the servers that all tests share, and stops them after the last test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // The tests use their own servers, not those that the environment names.
  for (const name of Object.keys(process.env)) if (/^(TEMPORAL|S3)_/.test(name)) delete process.env[name];
  // Workers, trainers and commands run as compiled programs.
  await compileIfStale();
  const nativeParts = await ensureNativeParts();
  const folder = await mkdtemp(join(tmpdir(), 'staged-study-test-'));
  process.env.TEMPORAL_CONFIG_FILE = join(folder, 'no-temporal-profiles.toml');
  const started: ManagedProcess[] = [];
  const stop = async () => {
    await Promise.all(started.map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const ports = await freePorts({ temporal: [], temporalUi: [], store: [], storeConsole: [] });
    const temporalAddress = `127.0.0.1:${ports.temporal}`;
    const temporal = launch(
      temporalServerLaunch({
        binary: nativeParts.temporal,
        port: ports.temporal,
        uiPort: ports.temporalUi,
        databaseFile: undefined,
        logFile: join(folder, 'temporal.log'),
      }),
    );
    started.push(temporal);
    const store: StoreConfig = {
      endpoint: `http://127.0.0.1:${ports.store}`,
      accessKey: 'tests',
      secretKey: 'tests-secret',
      bucket: 'staged-study',
      region: 'us-east-1',
    };
    const minio = launch(
      minioServerLaunch({
        binary: nativeParts.minio,
        folder: join(folder, 'objects'),
        port: ports.store,
        consolePort: ports.storeConsole,
        credentials: store,
        logFile: join(folder, 'minio.log'),
      }),
    );
    started.push(minio);
    await Promise.all([
      untilTemporalAnswers(temporal, ports.temporal).then(() => prepareNamespace(temporalAddress)),
      untilMinioAnswers(minio, ports.store).then(() => ensureBucket(store)),
    ]);
    project.provide('temporalAddress', temporalAddress);
    project.provide('store', store);
    project.provide('nativeParts', nativeParts);
    project.provide('workflowBundle', await bundleWorkflows(folder));
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

// --- helpers ---

/** One for all test files, of what has been compiled. */
async function bundleWorkflows(folder: string): Promise<string> {
  const { code } = await workflowBundle();
  const path = join(folder, 'workflows.js');
  await writeFile(path, code);
  return path;
}
