import type { StudyData } from '../data-schema.ts';
import type { Stage } from '../stage-schema.ts';
import type { Settings } from '../training-config.ts';
import type { Complain } from './check-published.ts';

interface CheckedData {
  data?: StudyData | undefined;
  base: ImageSettings;
  stages: Stage[];
}

/** Complains about settings that don't suit the data, and about normalisation for another number of channels. */
export function checkData({ data, base, stages }: CheckedData, complain: Complain): void {
  if (data?.kind === 'images' && data.normalisation !== 'training') {
    for (const [name, values] of Object.entries(data.normalisation)) {
      if (values.length === 1 || values.length === data.channels) continue;
      complain(
        ['data', 'normalisation', name],
        values,
        `one value, or one for each of ${data.channels} channels, not ${values.length}`,
      );
    }
  }
  if (data?.kind !== 'table') return;
  const check = (settings: ImageSettings, path: Path) => checkTableSettings(settings, path, complain);
  check(base, ['base']);
  for (const [index, stage] of stages.entries()) {
    const path = ['stages', index];
    if (stage.kind === 'compare') {
      for (const [place, { change }] of stage.candidates.entries()) {
        check(change, [...path, 'candidates', place, 'change']);
      }
    }
    if (stage.kind === 'variant') check(stage.change, [...path, 'change']);
    if (stage.kind !== 'search') continue;
    for (const name of ['horizontalFlip', 'augmentations'] as const) {
      const parameter = stage.space[name];
      if (parameter) complain([...path, 'space', name], parameter, 'nothing, since the data are a table');
    }
  }
}

// --- helpers ---

type ImageSettings = Partial<Pick<Settings, 'horizontalFlip' | 'augmentations'>>;
type Path = (string | number)[];

function checkTableSettings(
  { horizontalFlip, augmentations }: ImageSettings,
  path: Path,
  complain: Complain,
): void {
  if (horizontalFlip) {
    complain([...path, 'horizontalFlip'], horizontalFlip, "0, since rows of a table can't be mirrored");
  }
  if (augmentations?.length) {
    complain([...path, 'augmentations'], augmentations, 'none, since the rows of a table are no images');
  }
}
