/** Images as CIFAR-10 stores their pixels. */
export interface LabelledImages {
  /** n × 3072 bytes: for each image its red plane, then green, then blue, each row by row. */
  pixels: Uint8Array;
  /** n class numbers, 0 to 9. */
  labels: Uint8Array;
}
