import type { FoundData } from '../../trainer/protocol.ts';
import { list, plural } from '../../words/numbers.ts';
import { newProfiles, newStages, STAGE_COMMENTS } from './new-stages.ts';
import type { NewStudy } from './study-text.ts';

type FoundTable = Extract<FoundData, { kind: 'table' }>;

/** A study about a table. @param source its path, from the folder of the study's file. */
export function tableStudy(name: string, source: string, found: FoundTable): NewStudy {
  const { columns, label, rows, hasTest } = found;
  const others = columns.filter((column) => column.name !== label);
  const categorical = others.filter(({ kind }) => kind === 'category').map((column) => column.name);
  const ignored = others.filter(isUseless).map((column) => column.name);
  const used = others.filter((column) => !ignored.includes(column.name));
  const hasGaps = used.some(({ empty }) => empty > 0);
  // A category that some rows lack has a value of its own for them.
  const features = used.reduce(
    (sum, { kind, different, empty }) => sum + (kind === 'category' ? different + (empty > 0 ? 1 : 0) : 1),
    0,
  );
  const classes = columns.find((column) => column.name === label)?.different ?? 2;
  const usedCategorical = categorical.filter((column) => !ignored.includes(column));
  return {
    study: {
      name,
      title: `Which network tells ${classes} classes of ${label} apart?`,
      data: {
        kind: 'table',
        source,
        classes,
        features,
        label,
        ...(usedCategorical.length > 0 && { categorical: usedCategorical }),
        ...(ignored.length > 0 && { ignored }),
        ...(hasGaps && { missing: 'fill' as const }),
        ...(!hasTest && { testFraction: 0.2 }),
      },
      base: { epochs: 40, batchSize: 32, learningRate: 0.02, horizontalFlip: 0 },
      ...newProfiles(Math.round(rows * 0.8)),
      stages: newStages([
        { name: 'small', note: 'One hidden layer.', network: { kind: 'dense', hidden: [32] } },
        { name: 'wide', note: 'One wide hidden layer.', network: { kind: 'dense', hidden: [256] } },
        { name: 'deep', note: 'Three hidden layers.', network: { kind: 'dense', hidden: [128, 64, 32] } },
      ]),
    },
    found: [
      `${plural(rows, 'row')} with ${plural(columns.length, 'column')}; "${label}" has the ${plural(classes, 'class', 'classes')}`,
      ...(ignored.length > 0
        ? [`left out, since each row has another text or all have the same: ${list(ignored)}`]
        : []),
    ],
    comments: {
      'data.features':
        'Values of a row as networks see it: one for a number, one for each value of a category.',
      'data.label': 'The column with the classes. Correct it if another one has them.',
      ...(ignored.length > 0 && { 'data.ignored': 'Columns that say nothing.' }),
      ...(hasGaps && {
        'data.missing': 'Empty fields get the mean of their column; `drop` leaves such rows out.',
      }),
      ...(!hasTest && { 'data.testFraction': 'This part of the rows is for the test alone.' }),
      'base.horizontalFlip': "Rows can't be mirrored.",
      ...STAGE_COMMENTS,
    },
  };
}

// --- helpers ---

function isUseless({ kind, different }: FoundTable['columns'][number]): boolean {
  return kind === 'text' || different < 2;
}
