import { setCurrentDetails } from '@temporalio/workflow';

/**
 * Writes a workflow's "Current Details" for the Temporal UI.
 *
 * @returns writes them anew. Several calls at the same moment cost as much as one: a search's rule may stop hundreds of trials at
 *   once, and a workflow task that computes for more than five seconds fails.
 */
export function detailsUpdater(render: () => string): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    // Still within the same workflow task, so that no query finds old details.
    Promise.resolve().then(() => {
      isDue = false;
      setCurrentDetails(render());
    });
  };
}
