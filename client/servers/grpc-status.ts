import { status } from '@grpc/grpc-js';
import { isGrpcServiceError } from '@temporalio/client';

/** The status of a gRPC call that failed, from an error or from one of its causes; undefined if none of them has one. */
export function grpcStatusOf(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause ? grpcStatusOf(error.cause) : undefined;
}

/** Whether a call got no answer before its deadline. A server that notices the deadline before its client cancels the call. */
export function isOutOfTime(code: number | undefined): boolean {
  return code === status.DEADLINE_EXCEEDED || code === status.CANCELLED;
}
