/** Light or dark by the reader's preference, one column on phones, plain on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f5f6f8; --text: #1c2128; --quiet: #59626e; --line: #d9dde3; --grid: #e6e9ed;
  --axis: #9aa3ae; --accent: #1f5fa8; --warn: #8a4b00; --warn-page: #fff5e0; --warn-line: #e2a33d; --mark: #fdeaa8;
  --right: #2f78c4; --wrong: #dd7b1f; --good: #1d7a46; --shade: rgb(0 0 0 / .22);
  --series-0: #2468b4; --series-1: #d9660a; --series-2: #23854e; --series-3: #c62f3b; --series-4: #7c4fb8;
  --series-5: #7f5a33; --series-6: #d1439c; --series-7: #0b8a9b; --series-8: #857f00; --series-9: #5d6670;
  --series-10: #15308f; --series-11: #4f9c1d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14181d; --panel: #1d232a; --text: #e4e8ec; --quiet: #9ba6b2; --line: #363f49; --grid: #2a323a;
    --axis: #6c7783; --accent: #7ab3f0; --warn: #f3c572; --warn-page: #2d2411; --warn-line: #a8792a; --mark: #5a4a12;
    --right: #3f86d0; --wrong: #d77d2a; --good: #6fce97; --shade: rgb(255 255 255 / .3);
    --series-0: #66a8ee; --series-1: #f59a4c; --series-2: #5cc98a; --series-3: #f2727b; --series-4: #b795ea;
    --series-5: #c59a6b; --series-6: #f08ccb; --series-7: #45c7d6; --series-8: #cfc63f; --series-9: #a9b3bd;
    --series-10: #8d9dff; --series-11: #9ede63;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem 1.25rem 4rem; max-width: 72rem; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; max-width: 52rem; }
a { color: var(--accent); }
code { font: .9em ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; overflow-wrap: break-word; }
p code, li code, dd code { overflow-wrap: anywhere; }
ul.notes { margin: .25rem 0 1rem; padding-left: 1.2rem; font-size: .92rem; max-width: 52rem; }
.quiet, .note { color: var(--quiet); }
.note { font-size: .85rem; }
section { margin-top: 2.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); }
nav ol { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; list-style: none; margin: 1rem 0 0; padding: 0; font-size: .9rem; }
.question { font-size: 1.05rem; color: var(--quiet); font-style: italic; }
.answer { font-size: 1.05rem; padding-left: .9rem; border-left: 4px solid var(--accent); }
.warning { background: var(--warn-page); border: 1px solid var(--warn-line); border-radius: 6px; padding: .6rem 1rem; margin: 1.25rem 0; }
.warning h2 { font-size: 1rem; color: var(--warn); margin: .1rem 0; }
.warning ul { margin: .25rem 0; padding-left: 1.2rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.tiles div { background: var(--panel); border-radius: 6px; padding: .7rem .9rem; }
.tiles dt { font-size: .8rem; color: var(--quiet); }
.tiles dd { margin: .1rem 0 0; overflow-wrap: anywhere; }
.tiles .big { font-size: 1.5rem; font-weight: 650; line-height: 1.25; }
.tiles .small { display: block; font-size: .82rem; color: var(--quiet); }
.scroll {
  overflow-x: auto; margin: .75rem 0;
  /* A shade at each edge beyond which the table goes on: covers of the page's colour scroll with the table, shades stay. */
  background:
    linear-gradient(to right, var(--page) 40%, transparent) 0 0 / 2.5rem 100% local no-repeat,
    linear-gradient(to left, var(--page) 40%, transparent) 100% 0 / 2.5rem 100% local no-repeat,
    linear-gradient(to right, var(--shade), transparent) 0 0 / .9rem 100% scroll no-repeat,
    linear-gradient(to left, var(--shade), transparent) 100% 0 / .9rem 100% scroll no-repeat;
}
.number { text-align: right; white-space: nowrap; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; }
caption { max-width: calc(100vw - 2.5rem); text-align: left; color: var(--quiet); font-size: .85rem; padding-bottom: .3rem; }
th, td { padding: .32rem .65rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; vertical-align: bottom; }
thead .number { white-space: normal; }
tbody th { font-weight: 400; }
tr.winner th, tr.winner td { font-weight: 650; }
.wide { width: 100%; }
.number.text { white-space: normal; min-width: 6.5rem; }
.leaderboard th[scope=row] { min-width: 11rem; }
.nowrap { white-space: nowrap; }
.prose-cell { min-width: 11rem; }
.answers { list-style: none; margin: 1rem 0; padding: 0; font-size: .92rem; }
.answers li { display: grid; grid-template-columns: 8.5rem 1fr 2fr 5rem; gap: .25rem 1.25rem; padding: .5rem 0; border-top: 1px solid var(--line); }
.answers em { color: var(--quiet); }
.tag { display: inline-block; font-size: .75rem; font-weight: 400; line-height: 1.4; border: 1px solid var(--line); border-radius: .7rem; padding: 0 .5rem; margin: 0 .25rem .1rem 0; color: var(--quiet); }
.tag.alert { border-color: var(--warn-line); color: var(--warn); }
.tag.win { border-color: var(--good); color: var(--good); }
mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 0 .2rem; }
.group { font-weight: 650; background: var(--panel); }
.trials th { min-width: 9rem; } .trials .settings { min-width: 20rem; } .trials thead th { min-width: 0; } .trials .when { min-width: 6.6rem; }
.beside { display: flex; flex-wrap: wrap; gap: 1rem 2rem; align-items: flex-start; } .beside > div { min-width: 0; } .beside figure { flex: 0 1 24rem; margin-top: .75rem; }
.settings span::after { content: " · "; color: var(--quiet); }
.settings span:last-child::after { content: none; }
.trial { display: inline-flex; align-items: baseline; }
.key { width: 2.1rem; height: .9rem; margin-right: .45rem; flex: none; align-self: flex-start; margin-top: .14rem; }
.how { width: 1.6rem; height: .7rem; vertical-align: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1.25rem 1.5rem; margin: 1rem 0; align-items: start; }
figure { margin: 0; min-width: 0; break-inside: avoid; }
figcaption { font-weight: 600; font-size: .92rem; margin-bottom: .25rem; }
.legend { font-weight: 400; font-size: .85rem; }
.legend > span { display: block; }
.plot { display: block; width: 100%; max-width: 32rem; height: auto; }
.plot text { font-family: inherit; }
details { margin: .4rem 0; font-size: .9rem; }
summary { cursor: pointer; color: var(--accent); }
figure details .scroll { max-height: 24rem; overflow: auto; }
.folded summary { margin: .5rem 0; }
.heat td { text-align: right; background: color-mix(in srgb, var(--wrong) calc(var(--share, 0) * 1%), transparent); -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.heat td.right { background: color-mix(in srgb, var(--right) calc(var(--share, 0) * 1%), transparent); }
.heat thead th { text-align: right; } .heat thead .name { text-align: left; }
dl.words { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dl.words dt { font-weight: 600; } dl.words dd { margin: 0; max-width: 48rem; }
@media (min-width: 60rem), print {
  /* Browsers that can't unfold it by style keep the summary to click. */
  @supports selector(::details-content) {
    .folded > summary { display: none; }
    .folded::details-content { content-visibility: visible; block-size: auto; }
  }
}
@media (max-width: 40rem) {
  body { padding: 1rem .9rem 3rem; }
  h1 { font-size: 1.4rem; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .tiles div { padding: .5rem .65rem; }
  .tiles .big { font-size: 1.15rem; }
  .answers li { grid-template-columns: 1fr; }
  .answers .number { text-align: left; }
  th, td { padding: .3rem .4rem; }
  .answer, .question { font-size: 1rem; } .wide code { font-size: .8em; }
  /* These are wider than the page: names stay, the rest scrolls. */
  .scroll:has(> .wide)::before, .figures:not(:has(> :only-child))::before {
    content: "Scroll sideways for more →"; position: sticky; left: 0; display: block; font-size: .8rem; color: var(--accent);
  }
  .wide { min-width: 40rem; }
  .wide tbody th[scope=row] { position: sticky; left: 0; width: 11rem; min-width: 11rem; max-width: 11rem; background: var(--page); border-right: 1px solid var(--line); }
  .key { width: 1.4rem; margin-right: .3rem; }
  .figures:not(:has(> :only-child)) { display: grid; grid-auto-flow: column; grid-template-columns: none; grid-auto-columns: 86%; overflow-x: auto; scroll-snap-type: x proximity; gap: .25rem 1rem; }

  .figures:not(:has(> :only-child))::before { grid-row: 1; grid-column: 1; }
  .figures:not(:has(> :only-child)) > figure { grid-row: 2; scroll-snap-align: start; }
  dl.words { grid-template-columns: 1fr; } dl.words dd { margin-bottom: .4rem; }
}
@media print {
  :root {
    color-scheme: light; --page: #fff; --panel: #f5f6f8; --text: #000; --quiet: #444; --line: #bbb; --grid: #ddd;
    --axis: #777; --accent: #1f5fa8; --mark: #fdeaa8; --warn: #8a4b00; --warn-page: #fff; --good: #1d7a46;
    --series-0: #2468b4; --series-1: #d9660a; --series-2: #23854e; --series-3: #c62f3b; --series-4: #7c4fb8;
    --series-5: #7f5a33; --series-6: #d1439c; --series-7: #0b8a9b; --series-8: #857f00; --series-9: #5d6670;
    --series-10: #15308f; --series-11: #4f9c1d;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, details:not(.folded) { display: none; }
  section { margin-top: 1.5rem; }
  h2, h3, h2 + p, h3 + p, .question, .answer, .answer + .quiet, figcaption, caption, thead, .group { break-after: avoid; }
  p { orphans: 3; widows: 3; }
  .answers li, .tiles div, .warning, dl.words > *, tr, li, p { break-inside: avoid; }
  thead { display: table-header-group; }
  /* A table keeps its first and its last three rows together, and a short one all of them. */
  tbody:first-of-type tr:nth-child(-n+3) { break-after: avoid; }
  tbody tr:nth-last-child(-n+3) { break-before: avoid; }
  table:not(:has(tbody tr:nth-child(16))):not(.trials) { break-inside: avoid; }
  .trials tr { break-before: auto; }
  .scroll { overflow: visible; background: none; }
  .scroll::before, .figures::before { content: none; }
  .beside { display: block; } .beside figure { max-width: 60mm; }
  table { font-size: 8pt; }
  th, td { padding: .2rem .35rem; }
  .number, .nowrap { white-space: normal; }
  .figures { grid-template-columns: 1fr 1fr 1fr; gap: .75rem; }
}
`;
