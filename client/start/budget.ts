import type { Budget } from '../../study/definition/search-schema.ts';
import type { Study } from '../../study/definition/study-schema.ts';
import { UsageError } from '../command-line/exit-codes.ts';

/**
 * A study whose searches have this budget, as if its file said so.
 *
 * @param budget `6h`, `90min` or `500epochs`, of each search; undefined to leave the study as it is.
 * @throws {UsageError} if it is none of these, or if the study has no search.
 */
export function withBudget(study: Study, budget: string | undefined): Study {
  if (budget === undefined) return study;
  const parsed = parseBudget(budget);
  if (!study.stages.some(({ kind }) => kind === 'search')) {
    throw new UsageError(
      `--budget: expected a study with a search, which ${study.name} has not; leave --budget out`,
    );
  }
  const stages = study.stages.map((stage) =>
    stage.kind === 'search' ? { ...stage, budget: parsed } : stage,
  );
  return { ...study, stages };
}

// --- helpers ---

const HOURS = { h: 1, min: 1 / 60 } as const;

function parseBudget(text: string): Budget {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(h|min|epochs)$/.exec(text) ?? [];
  const amount = Number(number);
  if (!unit || !(amount > 0)) {
    throw new UsageError(
      `--budget: expected hours, minutes or epochs, such as 6h, 90min or 500epochs, got "${text}"`,
    );
  }
  return unit === 'epochs' ? { epochs: amount } : { hours: amount * HOURS[unit as keyof typeof HOURS] };
}
