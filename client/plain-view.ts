import { describeDataset, describeStanding, describeWeights, duration, percent } from './format.ts';
import type { StageView, StudyView, TrialView } from './observe-study.ts';

/** What has happened between two looks at a study, a line each: for logs and pipes. */
export function news(before: StudyView | undefined, now: StudyView): string[] {
  const lines: string[] = [];
  if (!before) lines.push(`${now.title}: ${now.studyId}, profile ${now.profile}`);
  if (now.dataset && !before?.dataset) lines.push(describeDataset(now), ...describeWeights(now));
  now.stages.forEach((stage, index) => {
    lines.push(...stageNews(before?.stages[index], stage));
  });
  const known = before?.attention.map(({ id }) => id) ?? [];
  for (const { id, kind, failure } of now.attention) {
    if (kind !== 'trial' && !known.includes(id)) lines.push(`${id}: needs attention: ${failure}`);
  }
  if (now.test && !before?.test) {
    lines.push(`test: ${percent(now.test.accuracy)} of ${now.test.images} images`);
  }
  return lines;
}

// --- helpers ---

function stageNews(before: StageView | undefined, now: StageView): string[] {
  if (now.state === 'waiting') return [];
  const lines: string[] = [];
  if (before?.state !== 'running' && before?.state !== 'done')
    lines.push(`stage ${now.name}: ${now.question}`);
  for (const trial of now.trials) {
    lines.push(
      ...trialNews(
        before?.trials.find(({ name }) => name === trial.name),
        trial,
      ).map((line) => `  ${line}`),
    );
  }
  if (now.winner && !before?.winner)
    lines.push(`stage ${now.name}: winner ${now.winner.name}, ${percent(now.winner.score)}`);
  return lines;
}

function trialNews(before: TrialView | undefined, now: TrialView): string[] {
  const { name, standing, lastLine, progress } = now;
  if (before?.standing) return [];
  if (standing) return [`${name}: ${describeStanding(standing)}`];
  if (now.state === 'needsAttention') {
    return before?.failure === now.failure ? [] : [`${name}: needs attention: ${now.failure}`];
  }
  if (lastLine && lastLine.epoch !== before?.lastLine?.epoch) {
    const left = progress ? `, ${duration(progress.secondsLeft)} left` : '';
    return [
      `${name}: epoch ${lastLine.epoch} of ${now.epochs}: train loss ${lastLine.train_loss.toFixed(4)}, ` +
        `accuracy ${percent(lastLine.train_accuracy)}; val loss ${lastLine.val_loss.toFixed(4)}, ` +
        `accuracy ${percent(lastLine.val_accuracy)}; ${lastLine.seconds.toFixed(1)} s${left}`,
    ];
  }
  return now.state === 'training' && before?.state !== 'training' ? [`${name}: training`] : [];
}
