/** Of the page that is sent: light on every screen, A4 on paper, fonts that the reader has. */
export const REPORT_STYLE = `
:root{--ink:#16202b;--muted:#536170;--line:#dfe5ec;--blue:#1267a8;--ok:#0f6f50;--danger:#b02a40}
*{box-sizing:border-box}html{background:#fff}
body{margin:0;color:var(--ink);font:14px/1.5 Inter,system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1000px;margin:0 auto;padding:40px 48px}
@page{size:A4;margin:12mm}@media print{main{max-width:none;padding:0}section{break-inside:avoid}}
.top{display:flex;justify-content:space-between;margin:0;color:var(--muted);font-size:12px}.top svg{vertical-align:-4px;margin-right:8px}.top b{color:var(--ink);font-size:14px}
h1{margin:26px 0 8px;font:700 34px/1.15 Charter,Georgia,serif;letter-spacing:-.5px}
.lead{margin:0 0 24px;max-width:760px;font:17px/1.5 Charter,Georgia,serif;color:#35424f}
section{display:grid;grid-template-columns:130px minmax(0,1fr);gap:0 20px;padding:16px 0;border-top:1px solid var(--line)}
@media(max-width:640px){section{grid-template-columns:minmax(0,1fr)}main{padding:20px}}
h2{margin:0;font-size:14px;font-weight:600}h2 small{display:block;color:var(--muted);font-weight:400;font-size:12px}
table{width:100%;border-collapse:collapse}th,td{padding:5px 8px 5px 0;text-align:right;border-top:1px solid #eef1f5;vertical-align:top}
tr:first-child>*{border-top:0}thead th{color:var(--muted);font-weight:500;font-size:12px}th:first-child{text-align:left}
tbody th,table:not(:has(thead)) th{font-weight:600}th small{color:var(--muted);font-weight:400}
.changes td{text-align:left}.changes th{width:230px}td.pays,th.pays{text-align:left;padding-left:16px}
.goals th{width:46%}.goals small{display:block}.goals .good,.goals .bad{font-weight:400}.goals b.good,.goals b.bad{font-weight:600}td svg{vertical-align:middle}
.goals th small.good{color:var(--ok)}.goals th small.bad{color:var(--danger)}
@media not all and (max-width:640px){table:has(thead) td:not(.pays){white-space:nowrap}}
.track{stroke:#e8edf3;stroke-width:6;stroke-linecap:round}.kept{stroke:#d3e9e0;stroke-width:6;stroke-linecap:round}.goal{stroke:var(--ink);stroke-width:2}
.move{stroke-width:2}.move.ok{stroke:var(--ok)}.move.no{stroke:var(--danger)}.was{fill:#fff;stroke:#6b7885;stroke-width:1.5}.is.ok{fill:var(--ok)}.is.no{fill:var(--danger)}
.bar{fill:#8a97a5}.bar.good{fill:#2f9470}.bar.bad{fill:#cb4f63}.axis{stroke:#a9b4c0}
s{color:var(--muted)}.good{color:var(--ok);font-weight:600}.bad{color:var(--danger);font-weight:600}
.charts{display:flex;flex-wrap:wrap;gap:14px 20px}.charts svg{max-width:100%}
.name{font:600 13px system-ui,sans-serif;fill:var(--ink)}.unit,.tick{font:11px system-ui,sans-serif;fill:var(--muted)}
.grid{stroke:#e6eaef}.before{fill:none;stroke:#6b7885;stroke-width:1.5;stroke-dasharray:3 2.5}.area{fill:#1267a8;fill-opacity:.09}.after{fill:none;stroke:var(--blue);stroke-width:2}
.limit{stroke:var(--danger);stroke-dasharray:5 4}.mark{font:600 11px system-ui,sans-serif;fill:var(--danger)}.mark.fact{fill:var(--blue);stroke:#fff;stroke-width:3;paint-order:stroke}
.limits{width:auto;font-size:12px;break-inside:avoid}.limits caption{text-align:left;font-weight:600;font-size:13px}.limits th,.limits td{padding:2px 0 2px 14px}.limits tbody th{padding-left:0;font-weight:400}
.key{margin:0 0 8px;color:var(--muted);font-size:12px}.key span{margin-right:14px;padding-bottom:2px}
.k-before{border-bottom:2px dashed #6b7885}.k-after{border-bottom:2px solid var(--blue)}.k-limit{border-bottom:2px dashed var(--danger)}
.commands{margin:0;padding:10px 12px 10px 36px;background:#f5f7fa;border:1px solid var(--line);border-radius:8px;color:#536170;font:12px/1.55 ui-monospace,monospace}.commands li+li{margin-top:6px}
pre{margin:0;color:var(--ink);font:inherit;white-space:pre-wrap;overflow-wrap:anywhere}
.num{font-size:12.5px}.num p{margin:0 0 4px}.sum{color:var(--muted);font:11px ui-monospace,monospace;overflow-wrap:anywhere}.fine{margin:0;padding-top:12px;border-top:1px solid var(--line);color:var(--muted);font:13px/1.5 Charter,Georgia,serif}
`
  .trim()
  .replaceAll('\n', '')
