import type { Argument, Command, Option } from 'commander';

/** What a shell needs in order to complete a command. */
export interface CommandCompletions {
  name: string;
  /** The first sentence of its description. */
  description: string;
  options: OptionCompletions[];
  /** Of all its arguments together. */
  arguments: Values;
}

export interface OptionCompletions {
  /** `--profile` */
  flag: string;
  description: string;
  /** Undefined if the option takes no value. */
  value: Values | undefined;
}

export interface Values {
  words: string[];
  /** Whether ids of studies are possible too. */
  ids: boolean;
  /** Whether names of files and folders are possible too. */
  files: boolean;
}

/** Completions of every command of a program, as its `--help` describes them. */
export function completionsOf(program: Command): CommandCompletions[] {
  const commands = program.createHelp().visibleCommands(program);
  const names = commands.map((command) => command.name());
  return commands.map((command) => ({
    name: command.name(),
    description: command.description().split(/[.:]( |$)/)[0] ?? '',
    options: optionsOf(command),
    arguments: command.name() === 'help' ? { words: names, ids: false, files: false } : argumentsOf(command),
  }));
}

export function optionsOf(command: Command): OptionCompletions[] {
  const options = command.createHelp().visibleOptions(command);
  return options.map((option) => ({
    flag: option.long ?? option.flags,
    description: option.description,
    value: valuesOf(option),
  }));
}

// --- helpers ---

/** The names of values that are files or folders, as in `--out <folder>`. */
const FILES = /file|folder|images/;

/** Of the shipped study: those of one's own are in its file. */
const PROFILES = ['demo', 'hour', 'evening', 'full'];

function valuesOf({ required, optional, argChoices, long, flags }: Option): Values | undefined {
  if (!required && !optional) return undefined;
  const value = flags.slice(flags.indexOf('<'));
  const words = argChoices ?? (long === '--profile' ? PROFILES : []);
  return { words, ids: value.startsWith('<id'), files: FILES.test(value) };
}

function argumentsOf({ registeredArguments }: Command): Values {
  return {
    words: registeredArguments.flatMap(wordsOf),
    ids: registeredArguments.some((argument) => /^study($|\|record)/.test(argument.name())),
    files: registeredArguments.some((argument) => FILES.test(argument.name())),
  };
}

function wordsOf({ argChoices, defaultValue }: Argument): string[] {
  return argChoices ?? (typeof defaultValue === 'string' ? [defaultValue] : []);
}
