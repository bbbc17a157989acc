import { p, pickledTensor, torchZip } from '../torch-writer.ts';
import { file, type HostileFile, valid } from './hostile-file.ts';

/** Files of torch.save whose pickle does what a state dict's never does. */
export function pickles(): HostileFile[] {
  const made = (what: string, object: Buffer, message: RegExp) =>
    file(what, torchZip([valid], object), message);
  const run = (module: string, name: string) =>
    p.call(p.global(module, name), p.tuple(p.text('touch /tmp/owned')));
  const uncalled = (name: string) =>
    new RegExp(
      `state dict, ${name.replaceAll('.', '\\.')}: not called: a file of weights may have tensors only`,
    );
  const tensor = pickledTensor(valid);
  const one = (value: Buffer) => p.dict(p.text('w'), value);
  const laughs = p.tuple(
    ...Array.from({ length: 100 }, (_, i) =>
      Buffer.concat([i === 0 ? p.list() : p.list(p.get(i - 1), p.get(i - 1)), p.put(i)]),
    ),
  );
  return [
    made('os.system', run('os', 'system'), uncalled('os.system')),
    made('posix.system', run('posix', 'system'), uncalled('posix.system')),
    made('eval', run('builtins', 'eval'), uncalled('builtins.eval')),
    made('eval, as a value of the dict', one(run('__builtin__', 'eval')), uncalled('__builtin__.eval')),
    made('getattr', run('builtins', 'getattr'), uncalled('builtins.getattr')),
    made('torch.load', run('torch', 'load'), uncalled('torch.load')),
    made('a name that is only named', one(p.global('subprocess', 'Popen')), uncalled('subprocess.Popen')),
    made('a property of every object', run('__proto__', 'constructor'), uncalled('__proto__.constructor')),
    made(
      'another module of that name',
      run('os.collections', 'OrderedDict'),
      uncalled('os.collections.OrderedDict'),
    ),
    made(
      'a complete model',
      run('torchvision.models.resnet', 'ResNet'),
      uncalled('torchvision.models.resnet.ResNet'),
    ),
    made('INST, which calls', Buffer.from('(ios\nsystem\n'), /unknown instruction 0x69/),
    made('OBJ, which calls', Buffer.from('(cos\nsystem\no'), uncalled('os.system')),
    made('NEWOBJ, which calls', Buffer.from([0x28, 0x29, 0x81]), /it takes|unknown instruction 0x81/),
    made('EXT1, which looks up', Buffer.from([0x82, 1]), /unknown instruction 0x82/),
    made(
      'STACK_GLOBAL',
      Buffer.concat([Buffer.from('8c026f738c0673797374656d93', 'hex')]),
      /unknown instruction 0x8c/,
    ),
    made('another protocol', Buffer.from([0x80, 4]), /expected protocol 2, got 4/),
    made(
      'a state for a tensor',
      one(p.build(tensor, p.dict(p.text('data'), p.int(1)))),
      /it sets the state of an object/,
    ),
    made(
      'a call of a storage',
      one(p.call(p.global('torch', 'FloatStorage'), p.tuple(p.int(9)))),
      /torch\.FloatStorage: a storage can't be called/,
    ),
    made('a call of a number', one(p.call(p.int(1), p.tuple())), /expected a function and a tuple/),
    made(
      'an ordered dict of something',
      p.call(p.global('collections', 'OrderedDict'), p.tuple(p.list())),
      /expected no arguments/,
    ),
    made(
      'lists that hold themselves twice, a hundred times over',
      laughs,
      /expected a dict of tensors, got a tuple/,
    ),
    made(
      'a list that holds itself',
      Buffer.concat([Buffer.from(']'), p.put(0), p.get(0), Buffer.from('a')]),
      /got a list/,
    ),
    made(
      'fifty thousand tuples in each other',
      Buffer.concat([p.none, Buffer.alloc(50_000, 0x85)]),
      /got a tuple/,
    ),
    made(
      'text longer than the file',
      Buffer.from([0x58, 0xff, 0xff, 0xff, 0xff]),
      /expected 4294967295 more bytes/,
    ),
    made('text that is no UTF-8', Buffer.from([0x58, 2, 0, 0, 0, 0xc3, 0x28]), /expected text in UTF-8/),
    made('an empty place of its memo', Buffer.from([0x6a, 0xff, 0xff, 0xff, 0xff]), /reads place 4294967295/),
    made('a mark that is missing', Buffer.from('t'), /a mark that it never set/),
    made('a value from an empty stack', Buffer.from('R'), /a value from an empty stack/),
    made(
      'a value from below a mark',
      Buffer.concat([p.none, Buffer.from([0x28, 0x85])]),
      /a value from an empty stack/,
    ),
    made('more than one value', Buffer.concat([p.none, p.none]), /more than one value/),
    made(
      'an item of a list',
      Buffer.concat([Buffer.from(']'), p.text('a'), p.none, Buffer.from('s')]),
      /a value that is not a dict/,
    ),
    made(
      'an item appended to a dict',
      Buffer.concat([Buffer.from('}'), p.none, Buffer.from('a')]),
      /a value that is not a list/,
    ),
    made('a key without a value', p.dict(p.text('w')), /each with a value/),
    made('a number for a name', p.dict(p.int(1), tensor), /expected text for the keys/),
    made('a name given twice', p.dict(p.text('w'), tensor, p.text('w'), tensor), /the same key twice/),
    made(
      'a checkpoint with more than weights',
      p.dict(p.text('epoch'), p.int(3)),
      /state dict, epoch: expected a tensor, got a number; save the state dict alone/,
    ),
    made('a tensor alone', tensor, /expected a dict of tensors, got a tensor/),
    made('nothing', p.none, /expected a dict of tensors, got None/),
    made('a class for a dict', p.global('collections', 'OrderedDict'), /got collections\.OrderedDict/),
    made('a number that is no number', Buffer.concat([Buffer.from([0x8a, 255])]), /expected 255 more bytes/),
  ];
}
