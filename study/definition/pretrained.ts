import { inputOf } from './data-schema.ts';
import { type PlannedNetwork, possibleNetworks } from './planned-network.ts';
import type { Stage } from './stage-schema.ts';
import type { Profile, Study } from './study-schema.ts';
import type { Network } from './training-config.ts';

/** The networks that start from the study's weights in any of these profiles, without duplicates. */
export function pretrainedNetworks(study: Study, ...profiles: readonly Profile[]): Network[] {
  const named = profiles.flatMap((profile) => study.stages.flatMap((stage) => networksOf(stage, profile)));
  const pretrained = named.flatMap((network) =>
    // Whatever rule gives its head, the same weights fit.
    network?.pretrained ? possibleNetworks(network, inputOf(study), study.stages).slice(0, 1) : [],
  );
  return [...new Map(pretrained.map((network) => [JSON.stringify(network), network])).values()];
}

/** The same study with every network from scratch. */
export function fromScratch(study: Study): Study {
  return {
    ...study,
    stages: study.stages.map((stage) => {
      if (stage.kind === 'variant') return { ...stage, change: unpretrained(stage.change) };
      if (stage.kind !== 'compare') return stage;
      return {
        ...stage,
        candidates: stage.candidates.map(({ reduced, ...candidate }) => ({
          ...candidate,
          change: unpretrained(candidate.change),
          ...(reduced && { reduced: unpretrained(reduced) }),
        })),
      };
    }),
  };
}

/** Whether torchvision's weights of ResNet-50 fit a network, but for its head. */
export function isResNet50(network: Network): boolean {
  return resNetName(network) === 'ResNet-50';
}

/** A ResNet of torchvision by its name there; undefined for any other network. Its head may be another. */
export function resNetName(network: Network): string | undefined {
  if (network.kind !== 'resnet' || network.width !== 64 || network.stem) return undefined;
  const name = RESNETS[`${network.block ?? 'bottleneck'} ${network.blocks.join('-')}`];
  return name === undefined ? undefined : `ResNet-${name}`;
}

/** The network alone, without what it starts from. */
export function architecture({ pretrained: _, ...network }: Network): Network {
  return network;
}

// --- helpers ---

const RESNETS: Record<string, number> = {
  'basic 2-2-2-2': 18,
  'basic 3-4-6-3': 34,
  'bottleneck 3-4-6-3': 50,
};

function networksOf(stage: Stage, { reducedNetworks }: Profile): (PlannedNetwork | undefined)[] {
  if (stage.kind === 'variant') return [stage.change.network];
  if (stage.kind !== 'compare') return [];
  return stage.candidates.map(({ change, reduced }) =>
    reducedNetworks && reduced ? reduced.network : change.network,
  );
}

function unpretrained<T extends { network?: PlannedNetwork | undefined }>(holder: T): T {
  if (!holder.network) return holder;
  const { pretrained: _, ...network } = holder.network;
  return { ...holder, network };
}
