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
}
