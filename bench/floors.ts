/** The results that are required on two cores. */

/** Required ratio of the fastest peer's time to ours, for a step. */
export function stepFloor(network: string, batchSize: number): number {
  return AHEAD.has(`${network} ${batchSize}`) ? 1.1 : 1;
}

/** Required ratio of the original report's time to ours, for an epoch; null if there is none. */
export function epochFloor(network: string): number | null {
  return EPOCHS[network] ?? null;
}

/** Seconds from a trainer's start to its first step. */
export const FIRST_STEP_LIMIT = 3;
/** Ratio of our peak memory to PyTorch's. */
export const MEMORY_LIMIT = 1.3;
/** Share of a step of ResNet-50 spent outside TensorFlow. */
export const OUTSIDE_LIMIT = 0.02;

export type Verdict = 'reached' | 'within noise' | 'missed';

/** @param ratio required to be at least the floor. Just below a floor of 1, the difference is noise. */
export function verdictOf(ratio: number, floor: number): Verdict {
  if (ratio >= floor) return 'reached';
  return floor === 1 && ratio >= 0.97 ? 'within noise' : 'missed';
}

// --- helpers ---

const AHEAD = new Set(['relu_layer_div2 32', 'simple_cnn 128', 'rn50 32']);

const EPOCHS: Record<string, number> = {
  MLP: 3,
  relu_layer_div2: 1.4,
  relu_layer_div4: 3,
  relu_6_layer_divrand: 1.4,
  relu_4_layer_divrand: 1.4,
  default_conv: 3,
  simple_cnn: 2.3,
  simple_cnn_arq_2: 1.4,
  rn50: 1.1,
};
