/** How to load a model's files, as Markdown. */
export function modelUse({ classes }: { classes: string[] }): string {
  const [first = ''] = classes;
  return `## Use

TensorFlow, Python: \`images\` are uint8, [n, 32, 32, 3], 0 to 255. The model scales and normalises them.

\`\`\`python
import tensorflow as tf
serve = tf.saved_model.load("saved_model").signatures["serving_default"]
result = serve(images=tf.constant(images))      # result["probabilities"], result["logits"]: [n, ${classes.length}]; 0 is ${first}
\`\`\`

PyTorch: \`load_in_pytorch.py\` shows how the network is built. It needs torch, and Pillow to read image files.

\`\`\`sh
python load_in_pytorch.py photo.jpg
\`\`\`

TensorFlow.js: \`images\` are int32, since TensorFlow.js has no uint8.

\`\`\`js
const model = await tf.loadGraphModel('tfjs/model.json');   // in Node.js: file:// and an absolute path
const { probabilities, logits } = model.predict({ images });  // both [n, ${classes.length}]
\`\`\``;
}
