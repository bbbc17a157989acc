import type { Complain } from './check-published.ts';
import type { StudyData } from './data-schema.ts';
import type { Stage } from './stage-schema.ts';

interface CheckedData {
  data?: StudyData | undefined;
  base: { horizontalFlip?: number };
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
  const wanted = "0, since rows of a table can't be mirrored";
  if (base.horizontalFlip) complain(['base', 'horizontalFlip'], base.horizontalFlip, wanted);
  for (const [index, stage] of stages.entries()) {
    if (stage.kind === 'compare') {
      for (const [place, { change }] of stage.candidates.entries()) {
        if (!change.horizontalFlip) continue;
        const path = ['stages', index, 'candidates', place, 'change', 'horizontalFlip'];
        complain(path, change.horizontalFlip, wanted);
      }
    }
    if (stage.kind === 'search' && stage.space.horizontalFlip) {
      complain(
        ['stages', index, 'space', 'horizontalFlip'],
        stage.space.horizontalFlip,
        'nothing, since rows of a table are not mirrored',
      );
    }
    if (stage.kind === 'variant' && stage.change.horizontalFlip) {
      complain(['stages', index, 'change', 'horizontalFlip'], stage.change.horizontalFlip, wanted);
    }
  }
}
