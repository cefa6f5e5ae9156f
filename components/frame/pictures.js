// At most, of the 718 by 1047 pixels of A4 between its margins: room for two charts and what is said of them.
const PAPER = { width: 600, height: 200 };

export default function ({ data, parentElement, setStateValue }) {
  // Streamlit puts the theme's colours into a chart once, so after a change of theme the chart is asked for anew.
  const scheme = getComputedStyle(document.querySelector(".stApp")).colorScheme;
  const before = parentElement.dataset.scheme;
  parentElement.dataset.scheme = scheme;
  if (before && before !== scheme) setStateValue("scheme", scheme);
  const said = parentElement.querySelector("[role=status]");
  const save = (format) => {
    const plot = document.querySelector(`.st-key-${CSS.escape(data.key)} .js-plotly-plot`);
    const camera = plot?.querySelector(".modebar-btn");
    said.textContent = camera ? "" : "The chart is not drawn yet. Wait a moment and try again.";
    if (!camera) return;
    // Plotly reads these at the click on its own button, which the style sheet hides, and says itself how it went.
    plot._context.toImageButtonOptions = { format, filename: data.file, scale: format === "png" ? 2 : 1 };
    camera.click();
  };
  for (const button of parentElement.querySelectorAll("button")) button.onclick = () => save(button.value);
  // A chart is drawn in pixels of the screen and cannot be drawn anew in time for the paper, so it is made smaller.
  const fit = () => {
    const plot = document.querySelector(`.st-key-${CSS.escape(data.key)} .js-plotly-plot`);
    const [width, height] = ["width", "height"].map((side) => Number(plot?.querySelector(".main-svg")?.getAttribute(side)));
    if (width && height) plot.style.setProperty("--printed", Math.min(1, PAPER.width / width, PAPER.height / height));
  };
  window.addEventListener("beforeprint", fit);
  return () => window.removeEventListener("beforeprint", fit);
}
