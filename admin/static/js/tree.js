// [data-tree] opens and closes the rows below one, without loading the page again.
import { fetchPart } from "./part.js";

export const openRows = () =>
  [...document.querySelectorAll('[data-tree][aria-expanded="true"]')].map((twist) => twist.dataset.tree);

function closeRow(id) {
  for (const row of document.querySelectorAll(`[data-parent="${CSS.escape(id)}"]`)) {
    closeRow(row.dataset.row);
    row.remove();
  }
}

async function openRow(twist) {
  const id = twist.dataset.tree;
  const address = `/board/rows?under=${encodeURIComponent(id)}&opened=${encodeURIComponent(openRows().join(","))}`;
  const parsed = await fetchPart(address);
  const rows = [...parsed.querySelectorAll("tr[data-row]")].map((row) => document.importNode(row, true));
  twist.closest("tr").after(...rows);
}

document.addEventListener("click", async (event) => {
  const twist = event.target.closest("[data-tree]");
  if (!twist || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  if (twist.hasAttribute("data-busy")) return;
  const isOpen = twist.getAttribute("aria-expanded") === "true";
  if (isOpen) closeRow(twist.dataset.tree);
  else {
    twist.setAttribute("data-busy", "");
    try {
      await openRow(twist);
    } catch {
      location.assign(twist.href);
      return;
    } finally {
      twist.removeAttribute("data-busy");
    }
  }
  twist.setAttribute("aria-expanded", String(!isOpen));
  const here = new URL(location.href);
  here.searchParams.set("opened", openRows().join(","));
  history.replaceState(null, "", here);
});
