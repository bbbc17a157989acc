import { expect, test } from 'vitest';
import { CIFAR10_INPUT } from '../../../study/definition/input-form.ts';
import { addImages } from '../../../training/compile/add-images.ts';
import { createGraph } from '../../../training/graph/graph.ts';
import { openSession, type Session } from '../../../training/graph/session.ts';
import { DeviceUnavailableError } from '../../../training/tensorflow/device-unavailable.ts';
import { easyImages } from '../easy-images.ts';

// Three updates.
const images = easyImages(4500);

test.each([false, true])(
  'a device that loses an update of the images is found out (mirrored: %s)',
  (mirrored) => {
    const graph = createGraph();
    const inGraph = addImages(graph, images, CIFAR10_INPUT, mirrored);
    const session = openSession(graph.nodes);
    let updates = 0;
    const losing: Session = {
      ...session,
      run: (feeds, fetches) =>
        fetches[0] === 'images/loaded:0' && ++updates === 2 ? [] : session.run(feeds, fetches),
    };
    try {
      expect(() => inGraph.load(losing)).toThrow(DeviceUnavailableError);
      expect(updates).toBe(3);
      expect(() => inGraph.load(session)).not.toThrow();
    } finally {
      session.dispose();
    }
  },
);
