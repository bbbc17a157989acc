import { styleText } from 'node:util';
import type { TrialStanding } from '../study/record.ts';
import { rank } from '../study/winner.ts';
import type { StageView, StudyView, TrialView } from './observe-study.ts';

export const percent = (value: number): string => `${value.toFixed(2)} %`;

/** Seconds as `45 s`, `3 min 20 s` or `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function describeDataset(view: StudyView): string {
  const { dataset } = view;
  if (!dataset) return 'data set: being prepared';
  const { kind, source } = dataset.origin;
  const what = {
    official: 'CIFAR-10',
    other: `CIFAR-10 in another archive than the official one (${source ?? 'unknown'})`,
    generated:
      'GENERATED images, not CIFAR-10: no archive could be had. Their accuracies say nothing about CIFAR-10',
  }[kind];
  return `data set: ${dataset.trainImages} training and ${dataset.testImages} test images: ${what}`;
}

/** What pretrained networks start from, as a line of its own; none where every network starts from scratch. */
export function describeWeights({ weights }: StudyView): string[] {
  if (!weights) return [];
  const { kind, source } = weights.origin;
  const what = kind === 'official' ? "torchvision's ImageNet ResNet-50" : source;
  return [`weights: pretrained networks start from ${what} (${weights.sha256.slice(0, 12)}…)`];
}

/** A trial that has ended, as a leaderboard shows it. */
export function describeStanding(standing: TrialStanding): string {
  const { score, outcome, status, bestEpoch, reused, takenOver, override } = standing;
  const result = score === null ? (outcome ?? status) : `${percent(score)} (epoch ${bestEpoch})`;
  const origin = takenOver ? ', taken over' : reused ? ', from the store' : '';
  return `${result}${origin}${override ? `, changed by hand: ${JSON.stringify(override)}` : ''}`;
}

/** A trial under way: epoch, steps, speed, loss, accuracies, time left. */
export function describeProgress(trial: TrialView): string {
  const { progress, lastLine, epochs } = trial;
  if (trial.state === 'needsAttention') return `needs attention: ${trial.failure ?? ''}`;
  if (trial.state === 'queued') return 'queued';
  const validated = lastLine ? `, val ${percent(lastLine.val_accuracy)} after epoch ${lastLine.epoch}` : '';
  if (!progress) return `epoch ${(lastLine?.epoch ?? 0) + 1} of ${epochs}${validated}`;
  return (
    `epoch ${progress.epoch} of ${epochs}, step ${progress.step} of ${progress.stepsPerEpoch}, ` +
    `${Math.round(progress.imagesPerSecond)} images/s, loss ${progress.loss.toFixed(4)}, ` +
    `train ${percent(progress.accuracy)}${validated}, ${duration(progress.secondsLeft)} left`
  );
}

/** Ended trials, best first, then the others in the order of the candidates. */
export function leaderboard(stage: StageView): TrialView[] {
  const ended = stage.trials.flatMap((trial) =>
    trial.standing ? [{ ...trial, score: trial.standing.score }] : [],
  );
  return [...rank(ended), ...stage.trials.filter(({ standing }) => !standing)];
}

export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);
export const red = (text: string): string => styleText('red', text);
export const green = (text: string): string => styleText('green', text);
