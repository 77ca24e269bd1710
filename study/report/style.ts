/** The report's style sheet: light and dark by the reader's choice, and nothing from elsewhere. */
export const style = `
:root { color-scheme: light dark; --paper: #fbfbf9; --card: #fff; --ink: #22262b; --quiet: #68707a; --line: #e3e4e0; --grid: #eeefec;
  --main: #2f6f8f; --soft: #a9c8d6; --frozen: #cfd6da; --good: #3f7d5a; --bad: #b0573f; --warn: #fdf6e3; --warnline: #d9b75f; }
@media (prefers-color-scheme: dark) { :root { --paper: #15181b; --card: #1c2024; --ink: #e2e5e8; --quiet: #98a1aa; --line: #2e343a; --grid: #262b30;
  --main: #6fb3d2; --soft: #35586a; --frozen: #3d454c; --good: #74b892; --bad: #d98d75; --warn: #2c2719; --warnline: #8a7434; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.7rem; font-weight: 600; margin: 0; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; font-weight: 600; margin: 2.6rem 0 0.6rem; }
p { margin: 0.3rem 0 0.7rem; max-width: 46rem; }
.quiet, caption, figcaption { color: var(--quiet); font-size: 0.87rem; }
.answer { margin: 1.4rem 0 0; padding: 1.1rem 1.3rem; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--main); border-radius: 6px; font-size: 1.05rem; }
.answer p { margin: 0.25rem 0; } .answer p + p { margin-top: 0.5rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.7rem; margin: 1.2rem 0 0; padding: 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.7rem 0.9rem; }
.tiles dt { color: var(--quiet); font-size: 0.82rem; } .tiles dd { margin: 0; font-size: 1.35rem; font-weight: 600; }
.tiles dd small { display: block; font-size: 0.8rem; font-weight: 400; color: var(--quiet); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.9rem 1.1rem; margin: 0.6rem 0; overflow-x: auto; }
.warnings { background: var(--warn); border: 1px solid var(--warnline); border-radius: 6px; padding: 0.6rem 1.1rem; margin: 1.2rem 0 0; }
figure { margin: 0; } figcaption { margin-top: 0.4rem; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; } svg text { fill: var(--ink); } svg .dim { fill: var(--quiet); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
caption { text-align: left; padding-bottom: 0.4rem; } th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 0.82rem; }
th, td { padding: 0.3rem 0.7rem 0.3rem 0; border-bottom: 1px solid var(--grid); vertical-align: top; } tr:last-child td { border-bottom: 0; }
td.n, th.n { text-align: right; } code { font: 0.88em ui-monospace, monospace; overflow-wrap: anywhere; }
details summary { cursor: pointer; color: var(--quiet); margin: 0.5rem 0; } footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 0.8rem; }
`;
