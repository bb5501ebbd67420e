// Searching every commune of France: those that are built lead to their diagnostic, the others say the command.
var diagnostics = {};
const search = document.querySelector(".search[data-folder]"), field = search.querySelector("input");
const answers = document.getElementById("reponses"), summary = search.querySelector("[role=status]");
const folder = search.dataset.folder, states = search.dataset.states.split(" "), MOST = 20;
let index = null, loading = null, asked = {};
const load = name => new Promise((done, failed) => {
  const script = document.createElement("script");
  script.src = `${folder}/${name}.js`;
  script.onload = done;
  script.onerror = failed;
  document.head.append(script);
});
const department = code => code.slice(0, code.startsWith("97") ? 3 : 2);
// The names of every commune as one text, a line each: a word is looked for in it at once.
const prepare = () => loading ??= load("communes").then(() => {
  index = communes.map(line => ({code: line.slice(0, 5), name: line.slice(6), text: ` ${split(line).join(" ")} `}));
});
const rank = (entry, words) => {
  const name = entry.text.slice(7).trim();
  return name === words.join(" ") ? 0 : name.startsWith(words[0]) ? 1 : entry.text.includes(` ${words[0]}`) ? 2 : 3;
};
// The communes come in the order of their names: what answers best goes first, and that order is kept.
const find = words => {
  const ranks = [[], [], [], []];
  for (const entry of index) {
    if (words.every(word => entry.text.includes(word))) ranks[rank(entry, words)].push(entry);
  }
  return ranks.flat();
};
const show = (entry, built) => {
  const line = document.createElement("li"), name = document.createElement(built?.[1] ? "a" : "span"), more = document.createElement("span");
  name.textContent = `${entry.name} (${department(entry.code)})`;
  if (built?.[1]) name.href = `${built[1]}/index.html`;
  if (built) {
    more.className = `state ${built[2]}`;
    more.textContent = built[3];
  } else {
    const command = document.createElement("code");
    command.textContent = `make commune=${entry.code}`;
    more.append("pas encore construit : ", command);
  }
  line.append(name, " ", more);
  return line;
};
const answer = async () => {
  const words = split(field.value);
  await prepare();
  if (words.join() !== split(field.value).join()) return;
  const found = words.join("").length < 2 ? [] : find(words), shown = found.slice(0, MOST);
  const needed = [...new Set(shown.map(entry => department(entry.code)))].filter(code => states.includes(code));
  await Promise.all(needed.map(code => asked[code] ??= load(code).catch(() => null)));
  if (words.join() !== split(field.value).join()) return;
  answers.replaceChildren(...shown.map(entry =>
    show(entry, (diagnostics[department(entry.code)] ?? []).find(([code]) => code === entry.code))));
  const count = `${found.length.toLocaleString("fr")} ${found.length < 2 ? "commune" : "communes"}`;
  summary.textContent = words.join("").length < 2 ? "" : found.length > MOST ? `${count}, les ${MOST} premières` : count;
};
search.hidden = false;
field.addEventListener("focus", prepare, {once: true});
field.addEventListener("input", answer);
