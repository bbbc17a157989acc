import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fromScratch, isResNet50, pretrainedNetworks } from '../../study/definition/pretrained.ts';
import type { Profile, Study } from '../../study/definition/study-schema.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { checkWeights } from './check-weights.ts';

export interface WeightsOptions {
  weights?: string;
  fromScratch?: boolean;
}

/** A study as it will be run, and where the weights of its pretrained networks come from. */
export interface WeightedStudy {
  study: Study;
  weights: StudyRequest['weights'];
  /** What the weights become in each pretrained network, for people; none where they are fetched by a worker. */
  fits: string[];
}

/**
 * Applies `--weights` and `--from-scratch`: without either, torchvision's ImageNet weights of ResNet-50, for the networks
 * that they fit.
 *
 * A file is checked to fit every pretrained network of the profiles, and made absolute, since a worker opens it.
 *
 * @throws {UsageError} where there are none, where they are of no use, and for a file that can't be read or doesn't fit.
 */
export async function withWeights(
  study: Study,
  profiles: readonly Profile[],
  { weights: given, fromScratch: none }: WeightsOptions,
): Promise<WeightedStudy> {
  if (none) return { study: fromScratch(study), weights: { file: null }, fits: [] };
  const networks = pretrainedNetworks(study, ...profiles);
  if (given === undefined) {
    checkDefault(networks);
    return { study, weights: { file: null }, fits: [] };
  }
  if (networks.length === 0) {
    throw new UsageError(
      '--weights: expected a network that starts from them, got none in this study and profile; ' +
        'leave --weights out, choose another profile, or write "pretrained": true in a network',
    );
  }
  if (/^https?:\/\//.test(given)) return { study, weights: { file: given }, fits: [] };
  const file = resolve(given);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new UsageError(
      `--weights: expected safetensors or a file of torch.save, as a file or an address, got ` +
        `${found ? 'something that is no file' : 'nothing there'}: ${file}`,
    );
  }
  return { study, weights: { file }, fits: await checkWeights(file, networks) };
}

// --- helpers ---

function checkDefault(networks: readonly Network[]): void {
  const other = networks.find((network) => !isResNet50(network));
  if (!other) return;
  throw new UsageError(
    `--weights: expected weights for the pretrained network ${JSON.stringify(other)}, got none; ` +
      'name them with --weights FILE or an address, or train from scratch with --from-scratch',
  );
}
