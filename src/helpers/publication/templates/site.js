// Searching and sorting the table of communes; without this script the table is whole and in the order of names.
const table = document.getElementById("communes"), body = table.tBodies[0], rows = [...body.rows];
const fold = text => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/œ/gi, "oe").replace(/æ/gi, "ae").toLowerCase();
const texts = new Map(rows.map(row => [row, fold(row.textContent)]));
const search = document.querySelector(".search"), told = search.querySelector("[role=status]");
search.hidden = false;
search.querySelector("input").addEventListener("input", event => {
  const words = fold(event.target.value).split(/[\s'’-]+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !words.every(word => texts.get(row).includes(word));
    shown += !row.hidden;
  }
  told.textContent = shown < 2 ? `${shown} commune` : `${shown} communes`;
});
[...table.tHead.rows[0].cells].forEach((cell, rank) => {
  const button = document.createElement("button");
  button.append(...cell.childNodes);
  cell.append(button);
  button.addEventListener("click", () => {
    const up = cell.getAttribute("aria-sort") !== "ascending";
    [...table.tHead.rows[0].cells].forEach(other => other.removeAttribute("aria-sort"));
    cell.setAttribute("aria-sort", up ? "ascending" : "descending");
    const order = new Intl.Collator("fr", {numeric: true});
    const text = row => row.cells[rank].textContent;
    body.append(...[...rows].sort((one, other) => (up ? 1 : -1) * order.compare(text(one), text(other))));
  });
});
