import { isCancellation } from '@temporalio/workflow';
import type { TestEnd } from '../../activities/evaluate-test.ts';
import type { TestScore } from '../../study/record/record.ts';
import { mean } from '../../study/statistics/moments.ts';
import type { Decision } from '../decision.ts';
import { describeFailure } from '../early-end.ts';
import type { Pause } from '../pause.ts';
import type { StudyTestScore } from '../status.ts';
import { untilSuccess } from '../until-success.ts';

/**
 * Tests the winner's runs, one after the other. A test that fails waits for a person's decision.
 *
 * @param runs at least one.
 * @param evaluate evaluates a run on the test images.
 * @param page.setFailure shows why the test waits; null once it does not.
 */
export async function finalTest(
  runs: readonly { name: string; trialKey: string }[],
  evaluate: (trial: { trialKey: string; alone: boolean }) => Promise<TestEnd>,
  page: {
    pause: Pause;
    setFailure: (failure: string | null) => void;
    waitForDecision: () => Promise<Decision>;
  },
): Promise<StudyTestScore> {
  const scores: TestScore[] = [];
  for (const { trialKey } of runs) scores.push(await testUntilDecided(trialKey));
  const [first] = scores;
  if (!first)
    throw new Error('expected a winner to test; the schema only lets a test start from a stage with one');
  if (scores.length === 1) return first;
  const { images, measure } = first;
  const ranked = scores.flatMap(({ score }) => score ?? []);
  return {
    images,
    accuracy: mean(scores.map(({ accuracy }) => accuracy)),
    loss: mean(scores.map(({ loss }) => loss)),
    ...(measure && { measure, score: mean(ranked) }),
    runs: scores.map(({ accuracy, loss, score }, index) => ({
      trial: runs[index]?.name ?? '',
      accuracy,
      loss,
      ...(score !== undefined && { score }),
    })),
  };

  async function testUntilDecided(trialKey: string): Promise<TestScore> {
    for (;;) {
      try {
        return await untilSuccess(
          ({ alone }) => test(trialKey, alone),
          () => {},
        );
      } catch (error) {
        if (isCancellation(error)) throw error;
        page.setFailure(`the final test failed: ${describeFailure(error)}`);
        await page.waitForDecision();
        page.setFailure(null);
      }
    }
  }

  /** A worker that was shut down is no failure. */
  async function test(trialKey: string, alone: boolean): Promise<TestScore> {
    for (;;) {
      const end = await page.pause.around(() => evaluate({ trialKey, alone }));
      if (end.status === 'tested') return end.score;
    }
  }
}
