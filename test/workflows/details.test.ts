import { expect, it } from 'vitest';
import { failedStageDetails, failedTrialDetails } from '../../workflows/details.ts';
import { exampleSpec } from '../storage/examples.ts';

it('shows a failure as text, whatever is in it', () => {
  const failure = 'no layer `x`\n# ![](http://tracker.example/a.png) <img src=x> [ok](http://other.example)';
  const text =
    'no layer \\`x\\` # !\\[\\](http://tracker.example/a.png) \\<img src=x\\> \\[ok\\](http://other.example)';
  const trial = failedTrialDetails(
    { studyId: 'mine', stage: 'width', name: 'wide', spec: exampleSpec() },
    failure,
  );
  expect(trial.split('\n')[0]).toBe(`**wide needs attention**: ${text}`);
  expect(failedStageDetails('mine/width', 'width', failure).split('\n')[0]).toBe(
    `**Stage width needs attention**: ${text}`,
  );
});
