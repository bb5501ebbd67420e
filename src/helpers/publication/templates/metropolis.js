// Mapping another indicator, setting two communes side by side; without this script the map shows the first one.
const rows = new Map([...table.tBodies[0].rows].map(row => [row.dataset.code, row]));
const heads = [...table.tHead.rows[0].cells];
const maps = JSON.parse(document.getElementById("classes").textContent);
const chooser = document.querySelector(".mapped");
if (chooser) {
  const select = chooser.querySelector("select"), key = document.querySelector(".classes"), title = document.getElementById("montre");
  const paths = [...document.querySelectorAll("svg.classed path[data-ranks]")];
  const draw = () => {
    const chosen = Number(select.value), [kinds, name] = maps[chosen];
    const column = heads.findIndex(head => head.dataset.name === name);
    title.textContent = name;
    for (const path of paths) {
      const rank = path.dataset.ranks.split(" ")[chosen], row = rows.get(path.dataset.code);
      path.style.fill = rank === "-" ? "" : kinds[rank][0];
      path.classList.toggle("blank", rank === "-");
      path.querySelector("title").textContent = `${row.cells[0].textContent.trim()} : ${row.cells[column].textContent.trim()}`;
    }
    key.replaceChildren(...kinds.map(([colour, text, count]) => {
      const line = document.createElement("li"), swatch = document.createElement("span");
      swatch.className = colour ? "swatch" : "swatch blank";
      if (colour) swatch.style.background = colour;
      line.append(swatch, `${text} (${count})`);
      return line;
    }));
  };
  chooser.hidden = false;
  select.addEventListener("change", draw);
  draw();
}
const pair = document.querySelector(".pair");
if (pair) {
  const selects = [...pair.querySelectorAll("select")], body = pair.querySelector("tbody"), names = [...pair.querySelectorAll("thead th")].slice(1);
  const compare = () => {
    const chosen = selects.map(select => rows.get(select.value));
    chosen.forEach((row, rank) => names[rank].replaceChildren(...row.cells[0].cloneNode(true).childNodes));
    body.replaceChildren(...heads.flatMap((head, rank) => {
      if (!head.dataset.name) return [];
      const line = document.createElement("tr"), first = document.createElement("th");
      first.scope = "row";
      first.textContent = head.dataset.name;
      line.append(first, ...chosen.map(row => row.cells[rank].cloneNode(true)));
      return [line];
    }));
  };
  pair.hidden = false;
  selects.forEach(select => select.addEventListener("change", compare));
  compare();
}
