import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../../infra/user-error.ts';
import { inputOf } from '../../study/definition/data-schema.ts';
import type { InputForm } from '../../study/definition/input-form.ts';
import { fromScratch, isResNet50, pretrainedNetworks } from '../../study/definition/pretrained.ts';
import type { Profile, Study } from '../../study/definition/study-schema.ts';
import type { Network } from '../../study/definition/training-config.ts';
import type { StudyRequest } from '../../workflows/study-workflow.ts';
import { askTrainer } from '../ask-trainer.ts';
import { UsageError } from '../command-line/exit-codes.ts';
import { checkUrl, isUrl } from './is-url.ts';

export interface WeightsOptions {
  weights?: string;
  fromScratch?: boolean;
}

/** A study as it will run, and where the weights of its pretrained networks come from. */
export interface WeightedStudy {
  study: Study;
  weights: StudyRequest['weights'];
  /** Which tensors each pretrained network takes, a sentence each. Empty if a worker downloads the weights. */
  fits: string[];
}

/**
 * Applies `--weights` and `--from-scratch`. Without either, pretrained networks start from torchvision's ImageNet weights
 * of ResNet-50.
 *
 * The path of a file becomes absolute, because a worker opens it.
 *
 * @throws {UsageError} if a pretrained network has no weights, if no network starts from them, or if the file can't be read
 *   or doesn't fit every pretrained network of the profiles.
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
      '--weights: expected a study with a pretrained network, got none in this study and profile; ' +
        'leave --weights out, choose another profile, or set "pretrained": true in a network',
    );
  }
  if (isUrl(given)) {
    checkUrl('--weights', given);
    return { study, weights: { file: given }, fits: [] };
  }
  const file = resolve(given);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw new UsageError(
      `--weights: expected a file or URL of safetensors or torch.save, got ` +
        `${found ? 'something else' : 'nothing there'}: ${file}`,
    );
  }
  return { study, weights: { file }, fits: await checkWeights(file, networks, inputOf(study)) };
}

// --- helpers ---

/**
 * Checks that a weights file can be read and fits each network. A process of its own reads it, so that a malformed file
 * can't crash this one.
 *
 * @returns which tensors each network takes, a sentence each.
 * @throws {UsageError} that lists everything that doesn't fit.
 */
async function checkWeights(file: string, networks: Network[], input: InputForm): Promise<string[]> {
  try {
    return await askTrainer({ kind: 'checkWeights', file, networks, input }, { failure: '--weights' });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

function checkDefault(networks: readonly Network[]): void {
  const other = networks.find((network) => !isResNet50(network));
  if (!other) return;
  throw new UsageError(
    `--weights: expected weights for the pretrained network ${JSON.stringify(other)}, got none; ` +
      'give a file or URL with --weights, or train from scratch with --from-scratch',
  );
}
