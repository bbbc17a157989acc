import { ApplicationFailure, Context } from '@temporalio/activity';
import { findWeights, putWeights } from '../storage/inputs/weights.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type InputForm, inputOfTrial } from '../study/definition/input-form.ts';
import type { Network } from '../study/definition/training-config.ts';
import type { WeightsOrigin, WeightsSummary } from '../study/record/record.ts';
import { sourceName } from '../study/record/source-name.ts';
import { encodeSafetensors } from '../training/checkpoint/safetensors.ts';
import { fitWeights, WeightsMismatchError } from '../training/weights/fit-weights.ts';
import { loadWeights, MAX_WEIGHTS_BYTES, WeightsFileError } from '../training/weights/load-weights.ts';
import { OFFICIAL_WEIGHTS } from '../training/weights/official.ts';
import type { AllowedSources } from './files/allowed-sources.ts';
import { namedSource } from './files/named-source.ts';
import { withFile } from './files/with-file.ts';
import { startHeartbeats } from './heartbeats.ts';

/** Where weights come from. */
export interface WeightsSource {
  /** Path, URL, or a URL's name by `putAddress`; null for torchvision's weights of ResNet-50. */
  file: string | null;
}

/**
 * Finds the weights that a study's pretrained networks start from, checks that they fit each network, and stores them.
 * They are stored in one format, as float32, so that equal weights have one hash whatever the file's format.
 */
export function createPrepareWeights(dependencies: {
  store: ObjectStore;
  downloads: string;
  sources: AllowedSources;
}) {
  const { store, downloads } = dependencies;
  return async (request: {
    source: WeightsSource;
    networks: Network[];
    /** Absent for examples of CIFAR-10's form. */
    input?: InputForm;
  }): Promise<WeightsSummary> => {
    const { source } = request;
    const fitting: Fitting = { networks: request.networks, input: inputOfTrial(request) };
    const heartbeats = startHeartbeats();
    try {
      if (source.file !== null) {
        const named = await namedSource(dependencies, source.file);
        return await fromSource(named, { maxBytes: MAX_WEIGHTS_BYTES }, fitting);
      }
      const hashes = OFFICIAL_WEIGHTS.map(({ sha256 }) => sha256);
      return (await findWeights(store, hashes)) ?? (await official(fitting));
    } catch (error) {
      if (error instanceof WeightsFileError || error instanceof WeightsMismatchError) {
        throw ApplicationFailure.nonRetryable(error.message, 'BadWeights');
      }
      throw error;
    } finally {
      heartbeats.stop();
    }
  };

  async function official(fitting: Fitting): Promise<WeightsSummary> {
    const failures: unknown[] = [];
    for (const { url, ...expected } of OFFICIAL_WEIGHTS) {
      try {
        return await fromSource(url, expected, fitting);
      } catch (error) {
        Context.current().cancellationSignal.throwIfAborted();
        failures.push(error);
      }
    }
    throw withAdvice(failures);
  }

  function fromSource(
    source: string,
    expected: Parameters<typeof withFile>[2],
    { networks, input }: Fitting,
  ) {
    return withFile(source, downloads, expected, async (file) => {
      const { tensors, format, fileSha256 } = await loadWeights(file);
      for (const network of networks) fitWeights(tensors, network, input);
      const kind = OFFICIAL_WEIGHTS.some(({ sha256 }) => sha256 === fileSha256) ? 'official' : 'other';
      const origin: WeightsOrigin = { kind, source: sourceName(source), fileSha256, format };
      const canonical = encodeSafetensors(tensors, { format: 'pt' });
      return putWeights(store, { file: canonical, tensors: tensors.size, origin });
    });
  }
}

// --- helpers ---

/** What weights must fit. */
interface Fitting {
  networks: Network[];
  input: InputForm;
}

function withAdvice(failures: unknown[]): Error {
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  return new Error(
    `the ImageNet weights of ResNet-50 can't be downloaded: ${reasons.join('; ')}. Download one of these files on another ` +
      'machine and name it with --weights FILE, or train from scratch with --from-scratch',
    { cause: failures[0] },
  );
}
