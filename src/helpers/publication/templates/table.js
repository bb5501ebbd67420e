// Sorting a table, and searching in it; without this script the table is whole and in the order of names.
const fold = text => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/œ/gi, "oe").replace(/æ/gi, "ae").toLowerCase();
// A saint is written out in the names of communes.
const whole = {st: "saint", ste: "sainte"};
const split = text => fold(text).split(/[\s'’-]+/).filter(Boolean).map(word => whole[word] ?? word);
const table = document.getElementById("communes");
const order = new Intl.Collator("fr", {numeric: true});
if (table) {
  const body = table.tBodies[0], heads = [...table.tHead.rows[0].cells];
  // A figure is sorted by its value; one that has none comes last, whichever the order.
  const value = (row, rank) => row.cells[rank].dataset.value ?? row.cells[rank].textContent.trim();
  const compare = (one, other) => Number.isNaN(+one) || Number.isNaN(+other) ? order.compare(one, other) : one - other;
  heads.forEach((cell, rank) => {
    const button = document.createElement("button");
    button.append(...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      const up = cell.getAttribute("aria-sort") !== "ascending";
      heads.forEach(head => head.removeAttribute("aria-sort"));
      cell.setAttribute("aria-sort", up ? "ascending" : "descending");
      const rows = [...body.rows], known = rows.filter(row => value(row, rank) !== "");
      known.sort((one, other) => (up ? 1 : -1) * compare(value(one, rank), value(other, rank)));
      body.append(...known, ...rows.filter(row => value(row, rank) === ""));
    });
  });
  const filter = document.querySelector(".search[data-filter]");
  if (filter) {
    const rows = [...body.rows], texts = new Map(rows.map(row => [row, fold(row.textContent)]));
    const status = filter.querySelector("[role=status]");
    filter.hidden = false;
    filter.querySelector("input").addEventListener("input", event => {
      const words = split(event.target.value);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !words.every(word => texts.get(row).includes(word));
        shown += !row.hidden;
      }
      status.textContent = shown < 2 ? `${shown} commune` : `${shown} communes`;
    });
  }
}
