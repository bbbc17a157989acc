import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { loss, percent, signed } from '../../words/numbers.ts';
import { describeSettings } from '../../words/settings.ts';
import { ordinaryTrial } from '../facts/study-facts.ts';
import type { Curve } from '../figures/curves.ts';
import { seriesStyle } from '../figures/series.ts';
import { scrolling } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';
import { trialTags } from './leaderboard.ts';
import { curvesFigure, legendOf } from './stage-figures.ts';

/** Each changed trial beside its ordinary one. */
export async function variantBody(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const pairs = stage.trials.map((trial) => ({ trial, ordinary: ordinaryTrial(record, trial) }));
  const figures: Html[] = [];
  for (const { trial, ordinary } of pairs) {
    const curves = [ordinary, trial].flatMap((each, place) =>
      each && each.lines.length > 0 ? [asCurve(each, place)] : [],
    );
    if (curves.length === 0) continue;
    figures.push(await curvesFigure(curves, 'accuracy', trial.name, legendOf(curves)));
  }
  return html`${pairsTable(stage, pairs)}<div class="figures">${figures}</div>`;
}

/** A trial as a curve of a pair: 0 for the ordinary one, 1 for the other. */
export function asCurve({ name, lines, bestEpoch }: TrialRecord, place: number): Curve {
  return { name, lines, bestEpoch, winner: false, ...seriesStyle(place) };
}

// --- helpers ---

interface Pair {
  trial: TrialRecord;
  ordinary: TrialRecord | undefined;
}

function pairsTable(stage: StageRecord, pairs: readonly Pair[]): Html {
  const rows = pairs.map(({ trial, ordinary }) => {
    const known = ordinary?.score != null && trial.score !== null;
    return html`<tr><th scope="row"><code>${trial.of ?? '–'}</code></th><td><code>${trial.name}</code> ${trialTags(trial)}</td><td>${changed(trial, ordinary)}</td>
<td class="number">${ordinary?.score == null ? '–' : percent(ordinary.score)}</td><td class="number">${trial.score === null ? '–' : percent(trial.score)}</td>
<td class="number">${known ? signed((trial.score ?? 0) - (ordinary.score ?? 0)) : '–'}</td>
<td class="number">${bestLoss(ordinary)}</td><td class="number">${bestLoss(trial)}</td></tr>
`;
  });
  return scrolling(
    `Pairs of ${stage.name}`,
    html`<table class="wide"><caption>Best validation accuracy and the validation loss of that epoch</caption><thead><tr><th scope="col">Ordinary trial</th><th scope="col">Changed trial</th><th scope="col">What differs</th><th scope="col" class="number">Ordinary</th><th scope="col" class="number">Changed</th><th scope="col" class="number">Points</th><th scope="col" class="number">Ordinary loss</th><th scope="col" class="number">Changed loss</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

function changed({ config }: TrialRecord, ordinary: TrialRecord | undefined): string {
  if (!config || !ordinary?.config) return 'unknown';
  const before = describeSettings(ordinary.config);
  const differing = describeSettings(config).filter(({ text }, index) => text !== before[index]?.text);
  return differing.map(({ text }) => text).join(', ') || 'nothing';
}

function bestLoss(trial: TrialRecord | undefined): string {
  const line = trial?.lines.find(({ epoch }) => epoch === trial.bestEpoch);
  return line ? loss(line.val_loss) : '–';
}
