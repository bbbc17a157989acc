import type { Budget, Sampler, SearchParameter, SearchSpace } from '../study/definition/search-schema.ts';
import type { SearchStage } from '../study/definition/stage-schema.ts';
import { independentEvaluations, nextPortion } from '../study/search/rounds.ts';
import { START_UP } from '../study/search/samplers/start-up.ts';
import { plural } from './numbers.ts';

/** What a search draws each setting from, a line each: `learningRate: 0.001 to 0.1, logarithmic`. */
export function spaceInWords(space: SearchSpace): string[] {
  return Object.entries(space).flatMap(([setting, parameter]) =>
    parameter ? [`${setting}: ${inWords(parameter)}${conditionInWords(parameter)}`] : [],
  );
}

/** How a search chooses, in a sentence without its end. */
export function samplerInWords(sampler: Sampler = { kind: 'random' }): string {
  switch (sampler.kind) {
    case 'random':
      return 'random: independent draws';
    case 'grid':
      return `grid: every combination once, ${sampler.points ?? 5} values of a continuous setting`;
    case 'tpe': {
      const strict = sampler.strict ? ', as in hyperopt in every detail' : '';
      return `tpe${strict}: the first ${sampler.startUp ?? START_UP.tpe} at random, then by what the results show of each setting`;
    }
    case 'tpe-multivariate':
      return `tpe-multivariate: the first ${sampler.startUp ?? START_UP['tpe-multivariate']} spread over the space, then by what the results show of all settings together`;
  }
}

/** How many evaluations of a search train side by side, and why: `5 at a time, then …`. Seeds are left out of account. */
export function evaluationsAtOnceInWords(stage: SearchStage): string {
  const { evaluations, parallel, order } = stage;
  const first = nextPortion(stage, 0, 0);
  const asked = parallel === undefined ? '' : ', as `parallel` says';
  const independent = Math.min(evaluations, independentEvaluations(stage, 0));
  const later = nextPortion(stage, independent, 0);
  const together =
    independent > 0 && first
      ? [`${plural(first.atOnce, 'evaluation')} at a time${asked || ', since they depend on no result'}`]
      : [];
  if (!later) return together.join('');
  const size = later.thenAsync || later.count;
  const after =
    order === 'async'
      ? `${size} at a time${asked}, each suggested when another has ended, so that results depend on the order of their ends`
      : `rounds of ${size}${asked}: each is suggested when the one before has ended, so that the same are suggested on any machine`;
  return [...together, after].join(`; after ${plural(independent, 'evaluation')}, `);
}

/** `6 hours, or 500 epochs of all evaluations together` */
export function budgetInWords({ hours, epochs }: Budget): string {
  const parts = [
    ...(hours === undefined ? [] : [plural(hours, 'hour')]),
    ...(epochs === undefined ? [] : [`${plural(epochs, 'epoch')} of all evaluations together`]),
  ];
  return parts.join(', or ');
}

// --- helpers ---

function conditionInWords({ when = {} }: SearchParameter): string {
  const conditions = Object.entries(when).map(
    ([name, value]) => `${name} is ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return conditions.length > 0 ? `, if ${conditions.join(' and ')}` : '';
}

function inWords(parameter: SearchParameter): string {
  switch (parameter.kind) {
    case 'choice':
      return parameter.options
        .map((option) => (typeof option === 'string' ? option : JSON.stringify(option)))
        .join(' or ');
    case 'normal':
    case 'qnormal':
    case 'lognormal':
    case 'qlognormal':
      return normalInWords(parameter);
    default:
      return rangeInWords(parameter);
  }
}

type Normal = Extract<SearchParameter, { mean: number }>;

function rangeInWords(range: Exclude<SearchParameter, Normal | { kind: 'choice' }>): string {
  const text = `${range.low} to ${range.high}`;
  switch (range.kind) {
    case 'uniform':
      return text;
    case 'loguniform':
      return `${text}, logarithmic`;
    case 'quniform':
      return `${text} in steps of ${range.q}`;
    case 'qloguniform':
      return `${text} in steps of ${range.q}, logarithmic`;
    case 'integer':
      return `${text}, whole numbers`;
  }
}

function normalInWords(normal: Normal): string {
  const { mean, deviation, low, high } = normal;
  const of = normal.kind.includes('log') ? 'normal logarithm' : 'normal';
  const steps = 'q' in normal ? ` in steps of ${normal.q}` : '';
  const from = low === undefined ? '' : `, from ${low}`;
  const to = high === undefined ? '' : `${low === undefined ? ',' : ''} to ${high}`;
  return `${of}, mean ${mean}, deviation ${deviation}${steps}${from}${to}`;
}
