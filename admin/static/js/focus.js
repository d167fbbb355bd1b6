// On a phone the board shows one metric at a time: [data-focus-to] picks it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-focus-to]");
  const bar = link?.closest("[data-focus-of]");
  if (!bar) return;
  event.preventDefault();
  document.getElementById(bar.dataset.focusOf).dataset.focus = link.dataset.focusTo;
  for (const other of bar.querySelectorAll("[data-focus-to]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const here = new URL(location.href);
  here.searchParams.set("focus", link.dataset.focusTo);
  history.replaceState(null, "", here);
});
