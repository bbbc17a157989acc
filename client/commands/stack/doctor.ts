import { Command } from 'commander';
import { projectRoot } from '../../../infra/project.ts';
import { diskBytesToSetUp, inspectNativeParts } from '../../../infra/setup/native-parts.ts';
import { inspectPrerequisites } from '../../../infra/setup/prerequisites.ts';
import { inspectStack } from '../../../infra/stack/inspect-stack.ts';
import { EXIT } from '../../command-line/exit-codes.ts';
import { helpText } from '../../command-line/help.ts';
import { configuration } from '../../servers/servers.ts';
import { dim, green, red } from '../../terminal/format.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Say what this machine has of what is needed, what is missing, and how to get it.')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      helpText({
        examples: ['doctor', 'doctor --json'],
        exits: {
          0: 'the machine has what is needed; set-up brings the rest',
          1: 'something is missing that set-up can not bring',
        },
      }),
    )
    .action(doctor);
}

// --- helpers ---

async function doctor({ json }: { json?: boolean }): Promise<void> {
  const prerequisites = await inspectPrerequisites(projectRoot, await diskBytesToSetUp());
  const parts = await inspectNativeParts();
  const servers = configuration();
  const stack = servers.kind === 'embedded' ? inspectStack(servers) : [];
  // Set-up brings the native parts by itself: only what it and the stack need of the machine is a fault.
  if ([...prerequisites, ...stack].some(({ found, required }) => required && !found))
    process.exitCode = EXIT.failure;
  if (json) {
    console.log(JSON.stringify([...prerequisites, ...parts, ...stack], null, 2));
    return;
  }
  for (const { name, found, required, detail, howToGet } of [...prerequisites, ...parts, ...stack]) {
    const mark = found ? green('found  ') : required ? red('missing') : dim('absent ');
    console.log(`${mark}  ${name}: ${detail}${found ? '' : `\n         ${howToGet}`}`);
  }
}
