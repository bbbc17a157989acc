import type { DatasetSummary } from '../study/record/record.ts';

type Origin = DatasetSummary['origin'];

/** Where a data set comes from, for a column of a table. */
export function datasetAsLabel({ kind, source }: Origin): string {
  if (kind === 'own') return ownName(source);
  return { official: 'CIFAR-10', other: 'CIFAR-10, other archive', generated: 'generated images' }[kind];
}

/** Where a data set comes from, for a sentence or a title. */
export function datasetInBrief({ kind, source }: Origin): string {
  if (kind === 'own') return ownName(source);
  return {
    official: 'CIFAR-10',
    other: 'CIFAR-10 from another archive',
    generated: 'GENERATED images, not CIFAR-10',
  }[kind];
}

/** The same with what a reader must know before trusting an accuracy. */
export function datasetInFull({ kind, source }: Origin): string {
  if (kind === 'own') return ownName(source);
  return {
    official: 'CIFAR-10',
    other: `CIFAR-10 from an archive other than the official one${source ? ` (${source})` : ''}`,
    generated: 'GENERATED images, not CIFAR-10. Accuracies on them say nothing about CIFAR-10',
  }[kind];
}

// --- helpers ---

/** The last part of a path or URL. */
function ownName(source: string | undefined): string {
  return source?.split('/').findLast((part) => part !== '') ?? "the study's own data";
}
