import { projectRoot } from '../../../infra/project.ts';
import { diskBytesToSetUp, inspectNativeParts } from '../../../infra/setup/native-parts.ts';
import { inspectPrerequisites } from '../../../infra/setup/prerequisites.ts';
import { inspectStack } from '../../../infra/stack/inspect-stack.ts';
import { EXIT } from '../../command-line/exit-codes.ts';
import { configuration } from '../../servers/configuration.ts';
import { inspectServers } from '../../servers/inspect-servers.ts';
import { dim, green, red } from '../../terminal/text.ts';

export async function doctor({ json }: { json?: boolean }): Promise<void> {
  const prerequisites = await inspectPrerequisites(projectRoot, await diskBytesToSetUp());
  const parts = await inspectNativeParts();
  const servers = configuration();
  const stack = [
    ...(servers.kind === 'embedded' ? inspectStack(servers) : []),
    ...(await inspectServers(servers)),
  ];
  // Native parts don't count: set-up installs those that are missing.
  if ([...prerequisites, ...stack].some(({ found, required }) => required && !found))
    process.exitCode = EXIT.failure;
  const findings = [...prerequisites, ...parts, ...stack];
  if (json) {
    console.log(JSON.stringify(findings, null, 2));
    return;
  }
  for (const { name, found, required, detail, howToGet } of findings) {
    const mark = found ? green('found  ') : required ? red('missing') : dim('absent ');
    console.log(`${mark}  ${name}: ${detail}${found ? '' : `\n         ${howToGet}`}`);
  }
}
