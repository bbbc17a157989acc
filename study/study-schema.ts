import { z } from 'zod';
import { NetworkShapeError, networkShapes } from './network-shapes.ts';
import { type Network, networkSchema, reportSettings, settingsSchema } from './training-config.ts';

const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, 'letters, digits, "_", "." and "-", at most 64, no "/"');
const proseSchema = z.string().min(1).max(2000);

/** What a candidate changes in the configuration that its stage starts from. */
const changeSchema = settingsSchema.extend({ network: networkSchema }).partial();

const candidateSchema = z.strictObject({
  /** A name that begins with "_" is added to the name of the winner that the stage starts from. */
  name: nameSchema,
  change: changeSchema,
  /** What is worth knowing about the candidate, for the record. */
  note: proseSchema.optional(),
});

const compareStageSchema = z.strictObject({
  kind: z.literal('compare'),
  name: nameSchema,
  question: proseSchema,
  /** The earlier stage whose winner's configuration the candidates change; without it, the study's base. */
  from: nameSchema.optional(),
  candidates: z.array(candidateSchema).min(1).max(100),
});

const testStageSchema = z.strictObject({
  kind: z.literal('test'),
  name: nameSchema,
  question: proseSchema,
  /** The stage whose winner is tested. */
  from: nameSchema,
});

const stageSchema = z.discriminatedUnion('kind', [compareStageSchema, testStageSchema]);

const imagesSchema = z.union([z.literal('all'), z.number().int().min(20).max(50_000)]);

/** How large a study is run; its shape stays. */
const profileSchema = z.strictObject({
  description: proseSchema,
  /** Training images before the split, the same number of each class. */
  trainImages: imagesSchema,
  testImages: imagesSchema,
  /** Every trial's epochs are divided by this and rounded, to one at least. */
  epochDivisor: z.number().min(1).max(1000),
  /** Where no archive can be had, go on with generated images. */
  generatedImages: z.boolean().default(false),
});

/** A study as data. A parsed study has every setting filled in. */
export const studySchema = z
  .strictObject({
    name: nameSchema,
    title: proseSchema,
    /** Every trial's seed: candidates differ by their configuration alone. */
    seed: z.number().int().min(0).max(0x7fff_ffff).default(1),
    splitSeed: z.number().int().min(0).max(0x7fff_ffff).default(1),
    validationFraction: z.number().min(0.01).max(0.9).default(0.2),
    base: settingsSchema
      .partial()
      .default({})
      .transform((base) => ({ ...reportSettings, ...base })),
    stages: z.array(stageSchema).min(1).max(50),
    profiles: z.record(nameSchema, profileSchema),
  })
  .superRefine(checkStages);

export type Study = z.infer<typeof studySchema>;
/** A study as written: what has a default may be left out. */
export type StudyInput = z.input<typeof studySchema>;
export type Stage = Study['stages'][number];
export type CompareStage = Extract<Stage, { kind: 'compare' }>;
export type Candidate = CompareStage['candidates'][number];
export type Profile = Study['profiles'][string];

// --- helpers ---

type Path = (string | number)[];

function checkStages(study: { stages: Stage[]; profiles: object }, context: z.RefinementCtx): void {
  const complain = (path: Path, input: unknown, message: string) =>
    context.addIssue({ code: 'custom', path, input, message });

  if (Object.keys(study.profiles).length === 0) {
    complain(['profiles'], study.profiles, 'at least one profile; describe how large the study is run');
  }
  const earlier: Stage[] = [];
  study.stages.forEach((stage, index) => {
    const at: Path = ['stages', index];
    if (earlier.some(({ name }) => name === stage.name)) {
      complain([...at, 'name'], stage.name, 'a name that no earlier stage has; rename one of the two');
    }
    if (stage.from !== undefined) checkFrom(stage, earlier, [...at, 'from'], complain);
    if (stage.kind === 'compare') checkCandidates(stage, at, complain);
    if (stage.kind === 'test' && index !== study.stages.length - 1) {
      complain([...at, 'kind'], stage.kind, 'the test only as the last stage; move it to the end');
    }
    earlier.push(stage);
  });
}

type Complain = (path: Path, input: unknown, message: string) => void;

function checkFrom(stage: Stage, earlier: Stage[], path: Path, complain: Complain): void {
  const names = earlier.filter(({ kind }) => kind === 'compare').map(({ name }) => name);
  if (stage.from !== undefined && !names.includes(stage.from)) {
    const choices = names.length > 0 ? names.map((name) => `"${name}"`).join(', ') : 'there is none';
    complain(path, stage.from, `the name of an earlier stage that compares candidates (${choices})`);
  }
}

function checkCandidates(stage: CompareStage, at: Path, complain: Complain): void {
  stage.candidates.forEach((candidate, index) => {
    const path = [...at, 'candidates', index];
    if (stage.candidates.slice(0, index).some(({ name }) => name === candidate.name)) {
      complain([...path, 'name'], candidate.name, 'a name that no earlier candidate of the stage has');
    }
    if (candidate.change.network)
      checkNetwork(candidate.change.network, [...path, 'change', 'network'], complain);
    if (stage.from !== undefined) return;
    if (candidate.change.network === undefined) {
      complain(
        [...path, 'change', 'network'],
        undefined,
        'a network, since the stage starts from no earlier winner; add one, or name the stage it starts from in "from"',
      );
    }
    if (candidate.name.startsWith('_')) {
      complain(
        [...path, 'name'],
        candidate.name,
        'a name without leading "_", since there is no winner whose name it could be added to',
      );
    }
  });
}

function checkNetwork(network: Network, path: Path, complain: Complain): void {
  try {
    networkShapes(network);
  } catch (error) {
    if (!(error instanceof NetworkShapeError)) throw error;
    complain(path, network, `a network that fits 32×32 images: ${error.message}`);
  }
}
