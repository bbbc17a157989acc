import { stoppingAsTrained } from '../../study/plan/stopping.ts';
import type { StageRecord, StudyRecord } from '../../study/record/record.ts';
import { plural } from '../../words/numbers.ts';
import { ruleInWords } from '../../words/stopping.ts';
import { type Html, html } from '../html/html.ts';

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
