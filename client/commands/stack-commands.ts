import { Argument, Command } from 'commander';
import { helpText } from '../command-line/help.ts';
import { whenCalled } from '../command-line/when-called.ts';

/** The commands that set up the machine and run servers and workers. */
export function stackCommands(): Command[] {
  return [upCommand(), downCommand(), workerCommand(), doctorCommand(), gcCommand(), setupCommand()];
}

// --- helpers ---

function upCommand(): Command {
  return new Command('up')
    .description(
      'Start the stack and leave it running: Temporal and its UI, MinIO, a control worker and a training worker.',
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          "State, logs and MinIO's login are kept in the folder STAGED_STUDY_STATE (default: .state). Ports that are in use\n" +
          'are replaced by free ones. If S3_ENDPOINT is set, that object store is used instead of MinIO.',
        examples: ['up', 'up && npx staged-study start cifar10 --profile full'],
        exits: { 0: 'the stack is up', 1: 'part of the stack did not start' },
      }),
    )
    .action(whenCalled(async () => (await import('./stack/up.ts')).up));
}

function downCommand(): Command {
  return new Command('down')
    .description('Stop the stack, even if it is in use. Unfinished studies resume when it is up again.')
    .addHelpText(
      'after',
      helpText({ examples: ['down'], exits: { 0: 'no stack is up', 1: 'the stack did not stop' } }),
    )
    .action(whenCalled(async () => (await import('./stack/down.ts')).down));
}

function workerCommand(): Command {
  return new Command('worker')
    .description('Run one worker for your own Temporal server and object store, until Ctrl-C.')
    .addArgument(
      new Argument('<kind>', 'control runs workflows and short activities, training runs trials').choices([
        'control',
        'training',
      ]),
    )
    .addHelpText(
      'after',
      helpText({
        notes:
          'Environment variables:\n' +
          '  TEMPORAL_ADDRESS      the Temporal server, with TEMPORAL_NAMESPACE; or use a profile in its configuration file\n' +
          '  S3_ENDPOINT           the object store, with S3_ACCESS_KEY, S3_SECRET_KEY, S3_BUCKET and S3_REGION, and with\n' +
          '                        S3_SESSION_TOKEN if the keys are temporary\n' +
          '  STAGED_STUDY_SLOTS    how many threads a training worker trains with at once; default: a thread for each core\n' +
          '  STAGED_STUDY_CHECKPOINT_SECONDS\n' +
          '                        how much training a crash may cost, if an epoch takes less; default: 15\n' +
          '  STAGED_STUDY_CHECKPOINT_WITHIN_SECONDS\n' +
          '                        the same if an epoch takes longer; default: 300\n' +
          '  STAGED_STUDY_TRAINER_ENV\n' +
          '                        names of variables that change results, with commas between them, which trainers get\n' +
          '                        and results record, such as TF_XLA_FLAGS; default: none\n' +
          '  STAGED_STUDY_TF32     1 lets a GPU round factors to TF32; default: 0\n' +
          '  STAGED_STUDY_CACHE    the folder for data sets and downloads\n' +
          '  STAGED_STUDY_SOURCES  folders and beginnings of URLs, separated by spaces: the only ones from which a control\n' +
          '                        worker takes the data sets and weights that studies name; default: all\n' +
          '  CUDA_VISIBLE_DEVICES  the GPU of a training worker; start one worker for each GPU\n' +
          '  TEMPORAL_DEPLOYMENT_NAME, TEMPORAL_WORKER_BUILD_ID\n' +
          '                        Worker Versioning of a control worker; default: none',
        examples: [
          'worker control',
          'worker training  # after: export TEMPORAL_ADDRESS=temporal:7233 S3_ENDPOINT=http://minio:9000 …',
        ],
        exits: {
          0: 'the worker was stopped (Ctrl-C)',
          1: 'the worker could not start, or failed',
          130: 'interrupted by Ctrl-C during set-up',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./stack/worker.ts')).worker));
}

function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'Check that this machine has everything the program needs, and say how to get what is missing.',
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Prints a line for each thing: Node, compiler, disk space, GPU, native parts, stack, and the object store and Temporal\n' +
          'if they are configured or the stack is up. Whether the object store keeps two writers apart is tried out in its\n' +
          'bucket, which is created if it does not exist.',
        examples: ['doctor', 'doctor --json'],
        exits: {
          0: 'nothing is missing that set-up cannot install',
          1: 'something is missing that set-up cannot install, or a server cannot be used',
        },
      }),
    )
    .action(whenCalled(async () => (await import('./stack/doctor.ts')).doctor));
}

function gcCommand(): Command {
  return new Command('gc')
    .description('Remove what nothing needs any more from the object store and from this machine’s cache.')
    .option('--study <id...>', 'also remove these studies, with results that no other study’s record names')
    .option('--older-than <days>', 'leave alone what has been written since then', '7')
    .option('--dry-run', 'only print what would be removed, and how many bytes')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Removes what no study, result or checkpoint names: weights, data sets and predictions; checkpoints of trials that\n' +
          'have a result; trials without a result on which nobody has worked, if no study that runs has their data; what is\n' +
          'left of interrupted downloads. Studies may run meanwhile. Results stay, since later studies use them.\n' +
          'Only one Temporal server may use the bucket: studies of another that are preparing their data are not known.\n' +
          'If no stack is up, servers start for this command only, without workers.',
        examples: ['gc --dry-run', 'gc', 'gc --study cifar10-demo-1 cifar10-demo-2'],
        exits: { 0: 'success', 1: 'a study is still running or its results may be in use, or failure' },
      }),
    )
    .action(whenCalled(async () => (await import('./stack/gc.ts')).gc));
}

function setupCommand(): Command {
  return new Command('setup')
    .description('Download and build the native parts: TensorFlow, its Node.js binding, Temporal and MinIO.')
    .addHelpText(
      'after',
      helpText({
        notes:
          'Other commands do this when they need a part. Parts are kept in .cache/ and not downloaded again. Prints nothing\n' +
          'if all parts are in place.',
        examples: ['setup'],
        exits: {
          0: 'all parts are in place',
          1: 'this machine lacks something, or a part could not be downloaded or built',
        },
      }),
    )
    .action(
      whenCalled(async () => {
        const { ensureNativeParts } = await import('../../infra/setup/native-parts.ts');
        return async () => void (await ensureNativeParts());
      }),
    );
}
