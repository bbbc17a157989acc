import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { oomKillCount } from '../../trainer/oom-kills.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'oom-kills-'));
});
afterEach(() => rm(root, { recursive: true }));

const VMSTAT = { 'proc/vmstat': 'nr_free_pages 1\noom_kill 9\nnuma_hit 3\n' };

it.each<[string, Record<string, string>, number]>([
  [
    'the control group’s, in version 2',
    {
      ...VMSTAT,
      'proc/self/cgroup': '0::/user.slice/study\n',
      'sys/fs/cgroup/user.slice/study/memory.events': 'low 0\nmax 7\noom 2\noom_kill 2\noom_group_kill 0\n',
    },
    2,
  ],
  [
    'the control group’s, in version 1',
    {
      ...VMSTAT,
      'proc/self/cgroup': '5:cpu,cpuacct:/a\n4:memory:/jobs/7\n0::/\n',
      'sys/fs/cgroup/memory/jobs/7/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    },
    3,
  ],
  ['the machine’s, without control groups for memory', { ...VMSTAT, 'proc/self/cgroup': '0::/\n' }, 9],
  ['none, if the kernel doesn’t say', {}, 0],
])('counts %s', async (_what, files, expected) => {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  expect(oomKillCount(root)).toBe(expected);
});
