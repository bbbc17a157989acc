import type { SearchEnd } from '../study/record/search-record.ts';
import { plural } from './numbers.ts';

/** What follows the number of evaluations that have ended, if a search ended before its last one: `; its budget was used up`. */
export function searchEndInWords({ end, stopped = 0 }: SearchEnd): string {
  switch (end) {
    case 'completed':
      return '';
    case 'exhausted':
      return '; its space has no other configuration';
    case 'budget':
      return `; its budget was used up${stopped > 0 ? `, and ${plural(stopped, 'trial')} that had not ended ${stopped === 1 ? 'was' : 'were'} stopped` : ''}`;
  }
}
