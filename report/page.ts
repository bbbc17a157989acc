import type { StudyRecord } from '../study/record/record.ts';
import { warnings } from './facts/warnings.ts';
import { Html, html, prose } from './html/html.ts';
import { STYLE } from './html/style.ts';
import { dataSection } from './sections/data-section.ts';
import { environmentSection } from './sections/environment-section.ts';
import { publishedSection } from './sections/published-section.ts';
import { stageAnchor, stageSection } from './sections/stage-section.ts';
import { overview, summaryTiles } from './sections/summary-section.ts';
import { testSection } from './sections/test-section.ts';
import { trialsSection } from './sections/trials-section.ts';

/** The page: one file that needs nothing else. */
export async function renderPage(record: StudyRecord): Promise<string> {
  const { study, studyId } = record.opening;
  const stages: Html[] = [];
  for (const [index, stage] of record.stages.entries()) stages.push(await stageSection(record, stage, index));
  const published = publishedSection(record);
  const test = await testSection(record);
  const data = dataSection(record);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${study.title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>${study.title}</h1>
<p class="quiet">Study <code>${studyId}</code> (<code>${study.name}</code>), seed ${study.seed}</p>
${warningBox(record)}
${summaryTiles(record)}
<nav aria-label="Sections"><ol><li><a href="#overview">Overview</a></li>${record.stages.map(
    ({ name }, index) => html`<li><a href="#${stageAnchor(index)}">${index + 1}. ${name}</a></li>`,
  )}${test && html`<li><a href="#test">${record.stages.length + 1}. ${record.test?.stage || 'test'}</a></li>`}${
    published && html`<li><a href="#published">Published results</a></li>`
  }${data && html`<li><a href="#data">Data</a></li>`}<li><a href="#trials">All trials</a></li><li><a href="#environment">Environment and inputs</a></li></ol></nav>
</header>
<main>
${await overview(record)}
${stages}
${test}
${published}
${data}
${trialsSection(record)}
${environmentSection(record)}
</main>
</body>
</html>
`;
  return page.source;
}

// --- helpers ---

function warningBox(record: StudyRecord): Html | false {
  const sentences = warnings(record);
  return (
    sentences.length > 0 &&
    html`<div class="warning" role="note"><h2>Before you trust these numbers</h2><ul>${sentences.map((sentence) => html`<li>${prose(sentence)}</li>`)}</ul></div>`
  );
}
