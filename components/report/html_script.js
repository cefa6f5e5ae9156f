"use strict";

const isDark = () => {
  const chosen = document.querySelector("input[name=scheme]:checked").value;
  return chosen === "dark" || (chosen === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
};

// Tables: a click on a heading sorts, the third one brings the first order back. Missing values stay last.

const sortable = (table) => {
  const first = new Map([...table.tBodies].map((body) => [body, [...body.rows]]));
  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => sort(table, head, first);
  }
};

const sort = (table, head, first) => {
  const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort ?? "none"];
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  if (next !== "none") head.ariaSort = next;
  for (const [body, rows] of first) {
    const titles = rows.filter((row) => row.className === "group");
    const rest = rows.filter((row) => row.className !== "group");
    if (next !== "none") rest.sort(order(head.cellIndex, next === "ascending" ? 1 : -1, numbered(first, head.cellIndex)));
    body.append(...titles, ...rest);
  }
};

const numbered = (first, at) => [...first.values()].flat().some((row) => row.cells[at]?.dataset.sort);

const order = (at, sign, byNumber) => (one, other) => {
  const [here, there] = [one.cells[at], other.cells[at]];
  if (!byNumber) return sign * here.textContent.localeCompare(there.textContent, "en", { numeric: true });
  const [low, high] = [here, there].map((cell) => (cell.dataset.sort ? Number(cell.dataset.sort) : null));
  if (low === null || high === null) return (low === null) - (high === null);
  return sign * (low - high);
};

// Charts: the drawing as a file, in the colours of the moment.

const standing = (chart) => {
  const shown = [...chart.querySelectorAll(".drawn svg[data-width]")];
  const copy = shown.at(0).cloneNode(true);
  const colours = getComputedStyle(document.body);
  const [paper, width, height] = [colours.getPropertyValue("--paper").trim(), copy.dataset.width, copy.dataset.height];
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  copy.removeAttribute("class");
  const text = new XMLSerializer().serializeToString(copy);
  const painted = text.replace(/var\((--[a-z0-9-]+)\)/g, (_, name) => colours.getPropertyValue(name).trim());
  return { width, height, text: painted.replace(">", `><rect width="100%" height="100%" fill="${paper}"/>`) };
};

const address = (text) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;

const save = (name, href) => Object.assign(document.createElement("a"), { href, download: name }).click();

const saveAsPng = async (chart, name) => {
  const { width, height, text } = standing(chart);
  const picture = new Image();
  picture.src = address(text);
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: 2 * width, height: 2 * height });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  save(name, canvas.toDataURL("image/png"));
};

const downloads = (chart) => {
  const row = Object.assign(document.createElement("p"), { className: "downloads" });
  const ways = { PNG: () => saveAsPng(chart, `${chart.id}.png`), SVG: () => save(`${chart.id}.svg`, address(standing(chart).text)) };
  for (const [format, onclick] of Object.entries(ways)) {
    const title = `Save “${chart.querySelector("h3").textContent}” as ${format}`;
    row.append(Object.assign(document.createElement("button"), { type: "button", textContent: format, title, onclick }));
  }
  chart.querySelector("details").before(row);
};

// Charts that answer the mouse, in the place of their drawings where this file has them.

const draw = (chart, figure) => {
  const stage = chart.querySelector(".live");
  chart.classList.add("is-live");
  const { data, layout } = figure[isDark() ? "dark" : "light"];
  return Plotly.react(stage, data, layout, { displayModeBar: false, responsive: true, doubleClick: false });
};

const bringToLife = () => {
  const held = document.getElementById("figures");
  if (!held || !window.Plotly) return;
  const figures = Object.entries(JSON.parse(held.textContent));
  const all = () => {
    for (const [id, figure] of figures) {
      const chart = document.getElementById(id);
      try {
        draw(chart, figure).catch(() => chart.classList.remove("is-live"));
      } catch {
        chart.classList.remove("is-live");
      }
    }
  };
  all();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  document.querySelector(".scheme").addEventListener("change", all);
};

// Citations say what they lead to.

const named = (link) => {
  link.title = document.querySelector(link.hash)?.querySelector("a, b")?.textContent ?? "";
};

document.querySelectorAll("table").forEach(sortable);
document.querySelectorAll(".cite a").forEach(named);
document.querySelectorAll("figure.chart").forEach(downloads);
bringToLife();
