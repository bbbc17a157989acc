/** A loss became NaN or infinite. This is a trial's outcome: retrying would not change it. */
export class DivergedError extends Error {
  override name = 'DivergedError';
}

/**
 * @param where for the message, such as `in epoch 2, between steps 41 and 80 of 1250`.
 * @throws {DivergedError} if the value is not finite.
 */
export function checkFinite(metric: string, value: number, where: string): void {
  if (Number.isFinite(value)) return;
  throw new DivergedError(
    `${metric} became ${value} ${where}: training diverged, and a lower learning rate may help`,
  );
}

/** Whether an error means that the device or the machine has no memory left for a tensor. */
export function isOutOfMemory(error: unknown): boolean {
  // 8 is TensorFlow's status RESOURCE_EXHAUSTED. The last is Node's own message for an array that is too large.
  return (
    error instanceof Error &&
    /Invalid TF_Status: 8\b|OOM when allocating|RESOURCE_?EXHAUSTED|Array buffer allocation failed/i.test(
      error.message,
    )
  );
}
