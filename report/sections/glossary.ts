import { html } from '../html/html.ts';

export const GLOSSARY = html`<details><summary>Glossary</summary><dl class="words">
<dt>Trial</dt><dd>One training of one full configuration with one seed.</dd>
<dt>Score</dt><dd>The validation accuracy of a trial’s best epoch, which is the first whose accuracy exceeds all before it. Epochs count from 1.</dd>
<dt>In training mode</dt><dd>The validation accuracy of the same weights with dropout active and with batch normalisation by each batch’s own statistics. Networks with neither have none.</dd>
<dt>Winner</dt><dd>The trial of a stage with the best score. In a tie, the trial that the stage started from wins, or else the earlier candidate. Later stages take over its configuration, never its weights.</dd>
<dt>Points</dt><dd>A difference between two accuracies in percent.</dd>
<dt>Run</dt><dd>One of a candidate’s trials, each with a seed of its own. Most candidates have one. Candidates with several rank by the mean of their scores; the deviation is the standard deviation of these scores.</dd>
<dt>Clear, likely</dt><dd>Whether a lead is more than chance. Clear: three seeds or more, and p below 0.05. Likely: two seeds or more, and p below 0.2. With one seed, at most “these two runs differ”: another seed may reverse it. p is corrected for the number of candidates.</dd>
<dt>Near-tie</dt><dd>A lead smaller than the standard error of one accuracy measured on the validation images, 100·√(p(1−p)/n). One seed can’t tell the two trials apart.</dd>
<dt>Taken over</dt><dd>The trial of an earlier winner, ranked beside the candidates that start from it.</dd>
<dt>From the store</dt><dd>Trained earlier, by this study or another, with the same configuration, data and seed; not trained again.</dd>
<dt>Side experiment</dt><dd>Earlier trials with one change, or repeated with the same seed. Each is compared with its ordinary trial, and none is ranked.</dd>
<dt>Loss</dt><dd>Cross-entropy in nats an image, averaged over the images.</dd>
</dl></details>`;
