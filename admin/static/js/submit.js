// A form is sent once: its [data-submit] button shows that it is on its way.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("[data-submit]");
  if (!button) return;
  if (button.hasAttribute("data-busy")) event.preventDefault();
  button.setAttribute("data-busy", "");
});

addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-busy]")) button.removeAttribute("data-busy");
});
