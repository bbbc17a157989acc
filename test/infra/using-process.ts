// Opens the stack of a state folder as `run` does, reports it, and runs until it is killed.
import { openStack } from '../../infra/stack/open-stack.ts';

const [stateFolder = '', worker = ''] = process.argv.slice(2);
await openStack({
  configuration: { kind: 'embedded', stateFolder, store: undefined },
  level: 'training',
  keepAfterExit: false,
  onProgress: () => {},
  workers: { queries: [], training: [{ name: 'The fake worker', path: worker }] },
});
process.send?.('open');
setInterval(() => {}, 60_000);
