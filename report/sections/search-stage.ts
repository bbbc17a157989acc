import { stoppingAsTrained } from '../../study/plan/stopping.ts';
import type { StageRecord, StudyRecord, TrialRecord } from '../../study/record/record.ts';
import { brief, percent, plural } from '../../words/numbers.ts';
import { ruleInWords } from '../../words/stopping.ts';
import { type SearchedSetting, searchedSettings } from '../facts/searched-settings.ts';
import { bestTrial } from '../facts/study-facts.ts';
import { trialStyles } from '../facts/trial-styles.ts';
import { drawParallel, drawProgress, drawScores, type Evaluation } from '../figures/search.ts';
import { figure, figures } from '../html/elements.ts';
import { type Html, html } from '../html/html.ts';

/** How the score depends on each setting, and how a search found it. */
export async function searchFigures(record: StudyRecord, stage: StageRecord): Promise<Html | false> {
  const settings = searchedSettings(record, stage);
  const evaluations = scoredEvaluations(record, stage, settings);
  const [first] = settings;
  if (evaluations.length === 0 || !first) return false;
  const titles = settings.map(({ title }) => title);
  const spoken = evaluations
    .map(
      ({ tag, values, score }) =>
        `${tag}: ${titles.map((title, axis) => `${title} ${brief(values[axis] ?? 0)}`).join(', ')}, ${percent(score)}`,
    )
    .join('; ');
  const label = (what: string) => `${what}, ${stage.name}: ${spoken}.`;
  return html`<h3>Settings and scores</h3>
<p class="note">Evaluations are numbered in the order in which they were suggested, as at the ends of their names; “start” is the trial that was taken over. The numbers are in the leaderboard.</p>
${figures(`Settings and scores of ${stage.name}`, [
  figure('Settings and score', await drawParallel(evaluations, titles, label('Settings and score')), {
    note: 'A line for each evaluation; the best is bold.',
  }),
  figure(
    `Score by ${first.title}`,
    await drawScores(evaluations, first.title, label(`Score by ${first.title}`)),
  ),
  figure('Score by evaluation', await drawProgress(evaluations, label('Score by evaluation')), {
    note: 'Dotted: the best so far.',
  }),
])}`;
}

/** What a search's rule of early stopping did; false if it has none. */
export function stoppingNote(record: StudyRecord, { name, trials }: StageRecord): Html | false {
  const { study, profile: profileName } = record.opening;
  const stage = study.stages.find((each) => each.name === name);
  const profile = study.profiles[profileName];
  const rule = stage?.kind === 'search' && profile && stoppingAsTrained(stage, profile);
  if (!rule) return false;
  const own = trials.filter(({ takenOver, config }) => !takenOver && config);
  const stopped = own.filter(({ status }) => status === 'stopped').length;
  const trained = own.reduce((sum, { lines }) => sum + lines.length, 0);
  const planned = own.reduce((sum, { config }) => sum + (config?.epochs ?? 0), 0);
  return html`<p class="note">The search stops trials early: ${ruleInWords(rule)}. It stopped ${stopped} of ${plural(own.length, 'trial')}, which saved ${planned - trained} of ${plural(planned, 'epoch')}. A stopped trial has no score and can’t win, since what it would have reached is not known; how far it came is beside its name.</p>`;
}

// --- helpers ---

function evaluationTag(stage: StageRecord, trial: TrialRecord): string {
  if (trial.takenOver) return 'start';
  return String(stage.trials.filter(({ takenOver }) => !takenOver).indexOf(trial) + 1);
}

function scoredEvaluations(
  record: StudyRecord,
  stage: StageRecord,
  settings: readonly SearchedSetting[],
): Evaluation[] {
  const best = bestTrial(stage);
  const styleOf = trialStyles(record);
  return stage.trials.flatMap((trial) => {
    const { name, config, score } = trial;
    if (!config || score === null) return [];
    const values = settings.map(({ of }) => of(config));
    const tag = evaluationTag(stage, trial);
    return [{ ...styleOf(trial), name, tag, values, score, winner: trial === best }];
  });
}
