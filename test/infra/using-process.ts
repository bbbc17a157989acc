// Opens the stack of a state folder as `run` does, reports it, and runs until it is killed.
import { openStack } from '../../infra/stack/open-stack.ts';

const [stateFolder = '', worker = ''] = process.argv.slice(2);
await openStack({
  configuration: { kind: 'embedded', stateFolder, store: undefined },
  keepAfterExit: false,
  onProgress: () => {},
  workers: [{ name: 'The fake worker', path: worker }],
});
process.send?.('open');
setInterval(() => {}, 60_000);
