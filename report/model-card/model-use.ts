import { imageShape, inputOfTrial } from '../../study/definition/input-form.ts';
import type { ExportedModel } from './exported-model.ts';

/** How to load a model's files, as Markdown. */
export function modelUse({ classes, spec }: Pick<ExportedModel, 'classes' | 'spec'>): string {
  const [first = ''] = classes;
  const input = inputOfTrial(spec.data);
  const isTable = imageShape(input) === undefined;
  const name = isTable ? 'rows' : 'images';
  const form = `[n, ${input.shape.join(', ')}]`;
  return `## Use

TensorFlow, Python: ${isTable ? `\`rows\` are float32, ${form}. The model standardises them` : `\`images\` are uint8, ${form}, 0 to 255. The model scales and normalises them`}.

\`\`\`python
import tensorflow as tf
serve = tf.saved_model.load("saved_model").signatures["serving_default"]
result = serve(${name}=tf.constant(${name}))      # result["probabilities"], result["logits"]: [n, ${classes.length}]; 0 is ${first}
\`\`\`

${isTable ? PYTORCH_ROWS : PYTORCH_IMAGES}

TensorFlow.js: \`${name}\` are ${isTable ? 'float32' : 'int32, since TensorFlow.js has no uint8'}.

\`\`\`js
const model = await tf.loadGraphModel('tfjs/model.json');   // in Node.js: file:// and an absolute path
const { probabilities, logits } = model.predict({ ${name} });  // both [n, ${classes.length}]
\`\`\``;
}

// --- helpers ---

const PYTORCH_IMAGES = `PyTorch: \`load_in_pytorch.py\` shows how the network is built. It needs torch, and Pillow to read image files.

\`\`\`sh
python load_in_pytorch.py photo.jpg
\`\`\``;

const PYTORCH_ROWS = `PyTorch: \`load_in_pytorch.py\` shows how the network is built. It needs torch.

\`\`\`python
from load_in_pytorch import load, normalise
model, classes = load()
probabilities = model(normalise(rows)).softmax(1)      # rows: torch.float32, [n, features]
\`\`\``;
