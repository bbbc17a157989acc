/** TensorFlow can't be loaded, or the device asked for is missing. In a file of its own, which doesn't load TensorFlow. */
export class DeviceUnavailableError extends Error {
  override name = 'DeviceUnavailableError';
}
