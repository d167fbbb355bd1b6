// A [data-toast] leaves by itself; a [data-scroll-end] list starts at its end; an open menu closes at a click beside it.
for (const toast of document.querySelectorAll("[data-toast]")) setTimeout(() => toast.remove(), 6000);

for (const list of document.querySelectorAll("[data-scroll-end]")) list.scrollTo(list.scrollWidth, list.scrollHeight);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.tabs-more[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
