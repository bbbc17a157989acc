/**
 * TensorFlow can't be loaded in the required way, or the required device is missing. In a file that doesn't load
 * TensorFlow.
 */
export class DeviceUnavailableError extends Error {
  override name = 'DeviceUnavailableError';
}
