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
