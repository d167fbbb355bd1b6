// Puts fresh parts of a page in place of the old ones, and marks what moved. Nothing is ever set as raw HTML.

export async function fetchPart(address) {
  const answer = await fetch(address, { headers: { "X-Part": "1" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

const isOutermost = (part) => !part.parentElement.closest("[data-part]");

const valueOf = (cell) =>
  [...cell.childNodes].filter((node) => !node.classList?.contains("moved")).map((node) => node.textContent.trim()).join(" ");

function markMoved(old, fresh) {
  const before = [...old.querySelectorAll("[data-v]")];
  [...fresh.querySelectorAll("[data-v]")].forEach((cell, index) => {
    const moved = before[index] && valueOf(before[index]) !== valueOf(cell);
    if (moved) cell.classList.add("is-moved");
    else cell.querySelector(".moved")?.remove();
  });
}

function keepFocus(old, fresh) {
  if (!old.contains(document.activeElement)) return () => {};
  const place = [...old.querySelectorAll("a, button")].indexOf(document.activeElement);
  return () => [...fresh.querySelectorAll("a, button")][place]?.focus({ preventScroll: true });
}

// Every outermost [data-part] of `parsed` takes the place of the one with the same name.
export function swap(parsed) {
  for (const part of [...parsed.querySelectorAll("[data-part]")].filter(isOutermost)) {
    const old = document.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
    if (!old) continue;
    const fresh = document.importNode(part, true);
    markMoved(old, fresh);
    const focus = keepFocus(old, fresh);
    old.replaceWith(fresh);
    focus();
  }
}
