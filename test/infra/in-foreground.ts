// Runs a script as `staged-study worker` does.
import { runInForeground } from '../../infra/foreground.ts';

process.exitCode = await runInForeground(process.argv[2] ?? '', process.env);
