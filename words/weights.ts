import type { WeightsSummary } from '../study/record/record.ts';

/** What pretrained networks start from unless a study is given other weights. */
export const DEFAULT_WEIGHTS = 'torchvision’s ImageNet ResNet-50';

/** Where a study's weights come from: a name, or the file or URL. */
export function weightsInBrief({ origin }: WeightsSummary): string {
  return origin.kind === 'official' ? DEFAULT_WEIGHTS : origin.source;
}

/** What a trial starts from: `scratch`, or the key of weights in the store. */
export function initialWeightsInWords(initialWeights: string): string {
  return initialWeights === 'scratch' ? initialWeights : `weights/${initialWeights}`;
}
