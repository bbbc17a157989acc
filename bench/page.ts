import type { BenchDocument, MachineResults, SectionRun } from './bench-results.ts';
import type { Section } from './sections/section.ts';
import { allSections } from './sections/sections.ts';
import { machineName } from './timing/machine.ts';

/** The results as a page of the docs: each section with the results of all machines below each other. */
export function pageOf({ machines }: BenchDocument): string {
  const all = Object.values(machines);
  const parts = [
    '# Bench',
    'Written by `npm run bench`, which measures training beside other libraries. Each section is replaced by the next run ' +
      'that measures it on the same kind of machine; results of other machines stay, because ratios differ between machines.',
    'Each measurement runs in a process of its own; ours and the peers’ take turns. The tables show medians, with the range ' +
      'in parentheses. If other processes took more than 5 % of the machine’s time, a measurement is repeated, at most ' +
      'twice; \\* marks results that were still disturbed. A ratio is the peer’s time divided by ours: above 1, ours is ' +
      'faster. If the ranges of both overlap, the comparison is “even”. A requirement that lies between the least and ' +
      'the greatest ratio of two ranges is “even” too.',
    'Everybody gets what our trainer has: the same number of threads, and the same settings of the C library’s allocator.',
    ...allSections.flatMap((section) => sectionOf(section, all)),
  ];
  return `${parts.join('\n\n')}\n`;
}

// --- helpers ---

function sectionOf(section: Section, machines: readonly MachineResults[]): string[] {
  const measured = machines.flatMap(({ machine, sections }) => {
    const run = sections[section.name];
    return run ? [[`### ${machineName(machine)}`, origin(run), section.markdown(run.results)]] : [];
  });
  return measured.length > 0 ? [`## ${section.title}`, section.method, ...measured.flat()] : [];
}

function origin({ command, startedAt, minutes, commit, versions, complete }: SectionRun): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return (
    `\`${command}\`, ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${minutes.toFixed(0)} minutes, commit ${commit}. ` +
    `${names.join(', ')}.${complete ? '' : ' The run was cut off: what is missing was not measured.'}`
  );
}
