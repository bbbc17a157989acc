import { inputOf } from '../../study/definition/data-schema.ts';
import type { InputForm } from '../../study/definition/input-form.ts';
import { candidatesOf } from '../../study/plan/ranking.ts';
import type { ChangesRecord } from '../../study/record/comparison-record.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { measureName, signedDifference, valueInWords } from '../../words/measure.ts';
import { loss, plural } from '../../words/numbers.ts';
import { describeSettings } from '../../words/settings.ts';
import { intervalOf } from '../answers/variant-answer.ts';
import { representative } from '../facts/candidates.ts';
import { ordinaryTrial, rankedBy } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { figures, scrolling } from '../html/elements.ts';
import { code, type Html, html, prose } from '../html/html.ts';
import { allFromStore, trialTags } from './leaderboard.ts';
import { candidateCurves, curvesFigure, haveFewEpochs, legendOf } from './stage-figures.ts';

/** Each changed trial beside its ordinary one. */
export async function variantBody(record: StudyRecord, stage: StageRecord): Promise<Html> {
  const pairs = stage.trials.map((trial) => ({ trial, ordinary: ordinaryTrial(record, trial) }));
  const styleOf = trialStyles(record);
  const groups = candidatesOf(stage.trials).map((candidate) => {
    const ordinary = candidatesOf(candidate.runs.flatMap((run) => ordinaryTrial(record, run) ?? []));
    const both = [...ordinary, candidate];
    return {
      name: candidate.name,
      curves: both.flatMap((each) => candidateCurves(each, styleOf(representative(each)))),
    };
  });
  const all = groups.flatMap(({ curves }) => curves);
  // Dots need no figure for each pair.
  const drawn = haveFewEpochs(all) ? [{ name: stage.name, curves: all }] : groups;
  const parts: Html[] = [];
  for (const { name, curves } of drawn) {
    const metric = rankedBy(record) ?? 'accuracy';
    if (curves.length > 0) parts.push(await curvesFigure(record, curves, metric, name, legendOf(curves)));
  }
  return html`${pairsTable(record, stage, pairs)}${parts.length > 0 && figures(`Figures of ${stage.name}`, parts)}`;
}

// --- helpers ---

interface Pair {
  trial: TrialRecord;
  ordinary: TrialRecord | undefined;
}

function pairsTable(record: StudyRecord, stage: StageRecord, pairs: readonly Pair[]): Html {
  const input = inputOf(record.opening.study);
  const measure = rankedBy(record);
  const score = (of: TrialRecord | undefined) => (of?.score == null ? '–' : valueInWords(of.score, measure));
  const fromStore = allFromStore(stage.trials);
  const rows = pairs.map(({ trial, ordinary }) => {
    const known = ordinary?.score != null && trial.score !== null;
    return html`<tr><th scope="row">${code(trial.of ?? '–')}</th><td>${code(trial.name)} ${trialTags(trial, fromStore)}</td><td>${prose(changed(trial, ordinary, input))}</td>
<td class="number">${score(ordinary)}</td><td class="number">${score(trial)}</td>
<td class="number">${known ? signedDifference((trial.score ?? 0) - (ordinary.score ?? 0), measure) : '–'}</td>
${stage.changes && html`<td class="number">${intervalBeside(stage.changes, trial)}</td>`}
<td class="number">${bestLoss(ordinary)}</td><td class="number">${bestLoss(trial)}</td></tr>
`;
  });
  return scrolling(
    `Pairs of ${stage.name}`,
    html`<table class="wide"><caption>Best validation ${measureName(measure)} and the validation loss of that epoch${fromStore && '; all results from the store'}</caption><thead><tr><th scope="col">Ordinary trial</th><th scope="col">Changed trial</th><th scope="col">What differs</th><th scope="col" class="number">Ordinary</th><th scope="col" class="number">Changed</th><th scope="col" class="number">${measure === 'loss' ? 'Difference, nats' : 'Points'}</th>${stage.changes && html`<th scope="col" class="number">95 % interval</th>`}<th scope="col" class="number">Ordinary loss</th><th scope="col" class="number">Changed loss</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** Of all of a candidate's runs together, beside the first. */
function intervalBeside({ pairs, measure }: ChangesRecord, { name }: TrialRecord): string {
  const pair = pairs.find((each) => each.name === name);
  const interval = pair && intervalOf(pair);
  if (!interval) return '–';
  const seeds = pair.seeds > 1 ? ` (${plural(pair.seeds, 'seed')})` : '';
  return `${signedDifference(interval.low, measure)} to ${signedDifference(interval.high, measure)}${seeds}`;
}

function changed({ config }: TrialRecord, ordinary: TrialRecord | undefined, input: InputForm): string {
  if (!config || !ordinary?.config) return 'unknown';
  const before = describeSettings(ordinary.config, input);
  const differing = describeSettings(config, input).filter(({ text }, index) => text !== before[index]?.text);
  return differing.map(({ text }) => text).join(', ') || 'nothing';
}

function bestLoss(trial: TrialRecord | undefined): string {
  const line = trial?.lines.find(({ epoch }) => epoch === trial.bestEpoch);
  return line ? loss(line.val_loss) : '–';
}
