// What belongs to a link and not to the page that it shows.
const OF_LINKS = ["catalog", "guest", "embed", "embed_options"];
const SIGNS = { "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" };
const escaped = (text) => text.replace(/[&"<>]/g, (sign) => SIGNS[sign]);

function link(version, more = {}) {
  const url = new URL(location.href);
  url.hash = "";
  for (const name of OF_LINKS) url.searchParams.delete(name);
  for (const [name, text] of Object.entries({ ...more, catalog: version })) url.searchParams.set(name, text);
  // Commas need no code in a query, and people read it.
  return url.href.replaceAll("%2C", ",");
}

function texts(version) {
  const source = escaped(link(version, { guest: true, embed: true }));
  const size = 'width="100%" height="900" style="border: 0" loading="lazy"';
  return {
    link: link(version),
    guest: link(version, { guest: true }),
    embed: `<iframe src="${source}" title="${escaped(document.title)}" ${size}></iframe>`,
  };
}

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Without https a browser has no clipboard for pages, but still copies what is selected.
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

export default function ({ data, parentElement }) {
  const rows = [...parentElement.querySelectorAll("[data-share]")];
  const said = parentElement.querySelector(".share-said");
  const field = (row) => row.querySelector("input, textarea");
  const fill = () => {
    const made = texts(data.version);
    for (const row of rows) field(row).value = made[row.dataset.share];
  };
  const copy = async (row) => {
    fill();
    const what = row.querySelector("strong").textContent;
    said.textContent = (await copied(field(row))) ? `${what}: copied.` : `${what}: selected. Press Ctrl+C or ⌘C to copy.`;
  };
  parentElement.querySelector(".share-note").textContent = data.note;
  for (const row of rows) {
    field(row).onfocus = (event) => event.target.select();
    row.querySelector("button").onclick = () => copy(row);
  }
  fill();
  addEventListener("popstate", fill);
  // The popover stands at the end of the document: without this, a keyboard would walk through the whole page first.
  const opener = () => document.querySelector(".st-key-frame_share button");
  if (!parentElement.dataset.opened && document.activeElement === opener()) field(rows[0]).focus({ preventScroll: true });
  parentElement.dataset.opened = "yes";
  return () => {
    removeEventListener("popstate", fill);
    requestAnimationFrame(() => { if (document.activeElement === document.body) opener()?.focus(); });
  };
}
