import type { PlannedNetwork } from './planned-network.ts';
import type { SearchSpace } from './search-schema.ts';
import type { Candidate, Stage } from './stage-schema.ts';

/** A candidate that has a network of its own, which a search can therefore choose. */
export type CandidateWithNetwork = Candidate & { change: { network: PlannedNetwork } };

/** The candidates of these stages from whose networks a later search may choose, by name. The first of a name counts. */
export function candidatesWithNetworks(stages: readonly Stage[]): Map<string, CandidateWithNetwork> {
  const found = new Map<string, CandidateWithNetwork>();
  for (const stage of stages) {
    if (stage.kind !== 'compare') continue;
    for (const candidate of stage.candidates) {
      if (candidate.change.network && !found.has(candidate.name)) {
        found.set(candidate.name, candidate as CandidateWithNetwork);
      }
    }
  }
  return found;
}

/** The names that a search chooses its network from; none if it keeps that of its start. */
export function searchedNetworkNames({ network }: Pick<SearchSpace, 'network'>): string[] {
  return network?.kind === 'choice' ? network.options.map(String) : [];
}
