import {
  setCurrentDetails,
  type WorkflowInterceptorsFactory,
  workflowMetadataQuery,
} from '@temporalio/workflow';

/** Of this workflow: each has its own copy of this module. */
let render: (() => string) | undefined;

/**
 * Says what a workflow's "Current Details" in the Temporal UI are. They are rendered whenever somebody asks for them, and at no other
 * time: a workflow task must not compute for more than five seconds, though hundreds of trials may end within one.
 */
export function showDetails(details: () => string): void {
  render = details;
}

/** Temporal answers the query for details itself, from what was last set. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate(input, next) {
        const { jobs } = input.activation;
        if (
          render &&
          jobs?.some(({ queryWorkflow }) => queryWorkflow?.queryType === workflowMetadataQuery.name)
        ) {
          setCurrentDetails(render());
        }
        return next(input);
      },
    },
  ],
});
