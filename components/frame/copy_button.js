export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("[role=status]");
  button.textContent = data.label;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.text);
      status.textContent = "Copied";
    } catch {
      status.textContent = "The browser does not allow copying here.";
    }
    setTimeout(() => { status.textContent = ""; }, 2500);
  };
  return () => { button.onclick = null; };
}
