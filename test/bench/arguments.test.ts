import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseArguments } from '../../bench/arguments.ts';
import { allSections } from '../../bench/sections/sections.ts';
import { UserError } from '../../infra/user-error.ts';

describe('parseArguments', () => {
  const names = (...args: string[]) => parseArguments(args).networks.map(({ name }) => name);
  beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true));
  afterEach(() => vi.restoreAllMocks());

  it('selects five networks, all of the study, or some by name', () => {
    expect(names()).toEqual(['MLP', 'relu_layer_div2', 'default_conv', 'simple_cnn', 'rn50']);
    expect(names('--all')).toHaveLength(11);
    expect(names('--only', 'rn50', 'relu_4_layer_divrand')).toEqual(['relu_4_layer_divrand', 'rn50']);
  });

  it('selects all sections, or some by name, in the order of the page', () => {
    const sections = (...args: string[]) => parseArguments(args).sections.map(({ name }) => name);
    expect(sections('--all')).toEqual(allSections.map(({ name }) => name));
    expect(sections()).toEqual(['trainings', 'steps', 'epochs', 'overhead', 'memory', 'start']);
    expect(sections('--section', 'epochs', 'steps')).toEqual(['steps', 'epochs']);
    expect(sections('--only', 'MLP')).toEqual(['steps', 'epochs', 'memory', 'start']);
    expect(sections('--only', 'MLP', '--section', 'overhead')).toEqual(['overhead']);
    expect(() => sections('--section', 'speed')).toThrow(
      /^--section: expected one of trainings, steps, .*, got "speed"$/,
    );
  });

  it('measures the slow peers with --all only', () => {
    expect([[], ['--only', 'MLP'], ['--all']].map((args) => parseArguments(args).allPeers)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('writes to the docs unless --only is given', () => {
    expect(parseArguments([])).toMatchObject({ write: true, command: 'npm run bench' });
    expect(parseArguments(['--all'])).toMatchObject({ write: true, command: 'npm run bench -- --all' });
    expect(parseArguments(['--only', 'MLP']).write).toBe(false);
  });

  it('reports wrong usage in one line', () => {
    expect(() => parseArguments(['--only', 'resnet'])).toThrow(
      new UserError(
        '--only: expected one of MLP, relu_layer_div2, relu_layer_div4, relu_div4_div2, relu_6_layer_divrand, ' +
          'relu_4_layer_divrand, default_conv, simple_cnn, simple_cnn_arq_2, simple_cnn_arq_4, rn50, got "resnet"',
      ),
    );
    expect(() => parseArguments(['--all', '--only', 'MLP'])).toThrow(/--all and --only exclude each other/);
    expect(() => parseArguments(['--evry'])).toThrow(CommanderError);
    expect(() => parseArguments(['MLP'])).toThrow(CommanderError);
  });
});
