// What a page gains with a script, and lacks nothing without: the value of a mark under the pointer or, with the arrow keys,
// of each in turn; one date or both; where one is reading.
(() => {
  "use strict";
  const make = (name, className, text) => Object.assign(document.createElement(name), {className, textContent: text || ""});
  const tip = make("div", "tip"), voice = make("div", "voice");
  tip.hidden = true;
  tip.setAttribute("aria-hidden", "true");
  voice.setAttribute("role", "status");
  document.body.append(tip, voice);
  let lit = [];
  const hide = () => {
    for (const mark of lit) mark.classList.remove("lit");
    lit = [];
    tip.hidden = true;
  };
  // The same commune, wherever it is in the drawing.
  const alike = mark => {
    const name = mark.dataset.v.split(" : ")[0];
    const marks = [...mark.ownerSVGElement.querySelectorAll("[data-v]")];
    return mark.ownerSVGElement.querySelectorAll("use[data-v]").length ? marks.filter(other => other.dataset.v.split(" : ")[0] === name) : [mark];
  };
  const show = (mark, x, y) => {
    if (!lit.includes(mark)) { hide(); lit = alike(mark); }
    for (const other of lit) other.classList.add("lit");
    tip.textContent = mark.dataset.v;
    tip.hidden = false;
    tip.style.left = Math.max(4, Math.min(innerWidth - tip.offsetWidth - 4, x + 12)) + "px";
    tip.style.top = (y > tip.offsetHeight + 14 ? y - tip.offsetHeight - 10 : y + 18) + "px";
  };
  const marked = event => event.target.closest && event.target.closest("[data-v]");
  document.addEventListener("pointermove", event => {
    const mark = marked(event);
    if (mark) show(mark, event.clientX, event.clientY);
    else if (event.pointerType === "mouse") hide();
  });
  document.addEventListener("pointerdown", event => {
    const mark = marked(event);
    if (mark) show(mark, event.clientX, event.clientY); else hide();
  });
  addEventListener("scroll", hide, {passive: true});
  addEventListener("keydown", event => { if (event.key === "Escape") hide(); });

  for (const drawing of document.querySelectorAll(".drawing")) {
    const marks = () => [...drawing.querySelectorAll("[data-v]")].filter(mark => !mark.closest(".off"));
    if (!marks().length) continue;
    drawing.classList.add("labelled");
    drawing.setAttribute("aria-description", "Flèches : parcourir les valeurs.");
    let at = -1;
    drawing.addEventListener("keydown", event => {
      const step = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1}[event.key];
      if (!step) return;
      event.preventDefault();
      const all = marks();
      at = (at + step + all.length) % all.length;
      const box = all[at].getBoundingClientRect();
      hide();
      show(all[at], box.left + box.width / 2, box.top);
      voice.textContent = all[at].dataset.v;
    });
    drawing.addEventListener("blur", () => { at = -1; hide(); });
    const dates = [...new Set([...drawing.querySelectorAll("[data-s]")].map(mark => mark.dataset.s))].sort();
    if (dates.length !== 2 || drawing.closest(".message")) continue;
    const button = make("button", "dates", `Cacher ${dates[0]}`);
    button.type = "button";
    button.addEventListener("click", () => {
      const hidden = drawing.classList.toggle("one-date");
      for (const mark of drawing.querySelectorAll(`[data-s="${dates[0]}"]`)) mark.classList.toggle("off", hidden);
      button.textContent = `${hidden ? "Montrer" : "Cacher"} ${dates[0]}`;
      voice.textContent = hidden ? `${dates[1]} seulement` : `${dates[0]} et ${dates[1]}`;
    });
    drawing.before(button);
  }

  const links = new Map([...document.querySelectorAll(".contents a")].map(link => [decodeURIComponent(link.hash.slice(1)), link]));
  const places = [...links.keys()].map(name => document.getElementById(name)).filter(Boolean);
  let asked = false;
  const follow = () => {
    asked = false;
    const read = places.filter(place => place.getBoundingClientRect().top < innerHeight / 3).pop();
    for (const [name, link] of links) {
      if (read && read.id === name) link.setAttribute("aria-current", "location"); else link.removeAttribute("aria-current");
    }
  };
  if (places.length) {
    addEventListener("scroll", () => { if (!asked) { asked = true; requestAnimationFrame(follow); } }, {passive: true});
    follow();
  }
})();
