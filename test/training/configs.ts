import {
  type Network,
  reportSettings,
  type Settings,
  type TrainingConfig,
} from '../../study/training-config.ts';

/** The report's settings over a network, with changes. */
export function configOf(network: Network, changes: Partial<Settings> = {}): TrainingConfig {
  return { ...reportSettings, ...changes, network };
}

export function dense(...hidden: number[]): Network {
  return { kind: 'dense', hidden };
}

/** convolutions: `[filters, kernel, padding]`. */
export function conv(convolutions: [number, number, number][], ...hidden: number[]): Network {
  return {
    kind: 'conv',
    convolutions: convolutions.map(([filters, kernel, padding]) => ({ filters, kernel, padding })),
    hidden,
  };
}
