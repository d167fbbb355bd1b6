// Arrow keys in the tables of numbers: up and down stay in the column, right opens a row, left closes it.
const steps = { ArrowUp: -1, ArrowDown: 1 };

document.addEventListener("keydown", (event) => {
  const cell = event.target.closest?.(".numbers tbody th, .numbers tbody td");
  if (!cell) return;
  const step = steps[event.key];
  if (step) {
    const rows = [...cell.closest("tbody").rows];
    for (let at = rows.indexOf(cell.parentElement) + step; rows[at]; at += step) {
      const target = rows[at].cells[cell.cellIndex]?.querySelector("a");
      if (!target) continue;
      event.preventDefault();
      target.focus();
      return;
    }
  }
  const tree = cell.parentElement.querySelector("[data-tree]");
  const wanted = { ArrowRight: "false", ArrowLeft: "true", " ": tree?.getAttribute("aria-expanded") }[event.key];
  if (tree && event.target === tree && wanted === tree.getAttribute("aria-expanded")) {
    event.preventDefault();
    tree.click();
  }
});
