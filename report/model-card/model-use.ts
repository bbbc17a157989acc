/** How a model's files are loaded, as Markdown. */
export function modelUse({ classes }: { classes: string[] }): string {
  const [first = ''] = classes;
  return `## Use

TensorFlow, Python: \`images\` are uint8, [n, 32, 32, 3], 0 to 255; scaling and normalising are inside.

\`\`\`python
import tensorflow as tf
serve = tf.saved_model.load("saved_model").signatures["serving_default"]
result = serve(images=tf.constant(images))      # result["probabilities"], result["logits"]: [n, 10]; 0 is ${first}
\`\`\`

PyTorch: \`load_in_pytorch.py\` needs torch alone, and shows how the network is put together.

\`\`\`sh
python load_in_pytorch.py photo.jpg
\`\`\`

TensorFlow.js: \`images\` are int32, since it has no uint8.

\`\`\`js
const model = await tf.loadGraphModel('tfjs/model.json');   // in Node: file:// and an absolute path
const { probabilities, logits } = model.predict({ images });  // both [n, 10]
\`\`\``;
}
