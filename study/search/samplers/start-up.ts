/** How many configurations a sampler tries before results count, unless a study says otherwise. */
export const START_UP = {
  /** Drawn at random. */
  tpe: 20,
  /** Spread over the space. */
  'tpe-multivariate': 10,
} as const;
