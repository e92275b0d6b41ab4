/** The page's only style sheet; light or dark as the reader's system is, and one column on a phone. */
export const STYLE = `:root { color-scheme: light dark; --text: #1d2430; --soft: #5b6675; --line: #d9dee5; --back: #f6f7f9; --card: #fff;
  --good: #0b7a43; --bad: #b3261e; --calm: #5b6675; --busy: #9a5b00; --accent: #2457c5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ee; --soft: #9aa5b4; --line: #313944; --back: #14181e; --card: #1c222a;
  --good: #4cc38a; --bad: #ff8a80; --calm: #9aa5b4; --busy: #f0b35a; --accent: #8ab0ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--back); }
main { max-width: 76rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; }
h1 { font-size: 1.3rem; margin: 0; }
.counts { color: var(--soft); }
.message { margin: .8rem 0; padding: .6rem .9rem; border-left: 4px solid var(--accent); background: var(--card); }
.message.error { border-color: var(--bad); }
.all { display: flex; flex-wrap: wrap; gap: .4rem; margin: .9rem 0; }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); }
th { text-align: left; font-size: .8rem; font-weight: 600; color: var(--soft); }
th, td { padding: .5rem .7rem; border-bottom: 1px solid var(--line); vertical-align: middle; }
tr:last-child td { border-bottom: 0; }
td.name { font-weight: 600; min-width: 10rem; overflow-wrap: anywhere; }
td.description { color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.state { display: inline-block; min-width: 5.6rem; padding: .1rem .5rem; border: 1px solid currentColor; border-radius: 1rem;
  font-size: .8rem; font-weight: 600; text-align: center; color: var(--calm); }
.statusrunning { color: var(--good); } .statuserror { color: var(--bad); } .statusbusy { color: var(--busy); }
form.actions { display: flex; flex-wrap: wrap; gap: .3rem; margin: 0; align-items: center; }
button, a.button { font: inherit; font-size: .85rem; padding: .25rem .7rem; border: 1px solid var(--line); border-radius: .35rem;
  background: var(--back); color: var(--text); text-decoration: none; cursor: pointer; }
button:hover, a.button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
a { color: var(--accent); }
pre { background: var(--card); border: 1px solid var(--line); padding: .8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin: 1.2rem 0; color: var(--soft); font-size: .85rem; }
.empty { padding: 1.5rem; background: var(--card); border: 1px solid var(--line); }
@media (max-width: 45rem) {
  thead { position: absolute; clip-path: inset(50%); }
  table, tbody, tr, td { display: block; }
  tr { padding: .6rem .7rem; border-bottom: 1px solid var(--line); }
  td { padding: .15rem 0; border: 0; }
  button, a.button { padding: .45rem .8rem; }
}
`;
