// Opens a [data-why] link as a drawer over the board; its address can be sent, and works without this script.
import { fetchPart } from "./part.js";

const address = () => new URL(location.href);
let dialog = document.querySelector("[data-drawer]");
let asked = null;

function loading() {
  const drawer = document.createElement("dialog");
  drawer.className = "drawer";
  const body = document.createElement("div");
  body.className = "drawer-body";
  body.setAttribute("aria-busy", "true");
  for (const kind of ["skeleton tall", "skeleton", "skeleton", "skeleton", "skeleton tall"]) {
    const bone = document.createElement("span");
    bone.className = kind;
    body.append(bone);
  }
  drawer.append(body);
  return drawer;
}

function put(drawer) {
  const isFirst = !dialog;
  dialog?.close();
  dialog?.remove();
  dialog = drawer;
  drawer.toggleAttribute("data-entering", isFirst);
  document.body.append(drawer);
  drawer.showModal();
  drawer.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  drawer.addEventListener("click", (event) => event.target === drawer && leave());
}

async function open(why) {
  asked = why;
  if (!dialog) put(loading());
  try {
    const parsed = await fetchPart(`/board/why?why=${encodeURIComponent(why)}`);
    if (asked === why) put(document.importNode(parsed.querySelector("[data-drawer]"), true));
  } catch {
    location.assign(`/board/why?why=${encodeURIComponent(why)}`);
  }
}

function close() {
  asked = null;
  dialog?.close();
  dialog?.remove();
  dialog = null;
}

function leave() {
  const here = address();
  here.searchParams.delete("why");
  history.pushState(null, "", here);
  close();
  trigger?.isConnected && trigger.focus({ preventScroll: true });
}

let trigger = null;

if (document.querySelector("[data-drawer-place]") || dialog) {
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (event.target.closest("[data-drawer-close]")) {
      event.preventDefault();
      leave();
      return;
    }
    const link = event.target.closest("[data-why]");
    if (!link) return;
    event.preventDefault();
    if (!link.closest("dialog")) trigger = link;
    const why = new URL(link.href).searchParams.get("why");
    const here = address();
    here.searchParams.set("why", why);
    history.pushState(null, "", here);
    open(why);
  });
  addEventListener("popstate", () => {
    const why = address().searchParams.get("why");
    if (why) open(why);
    else close();
  });
  if (dialog) {
    dialog.removeAttribute("open");
    put(dialog.cloneNode(true));
    document.querySelectorAll("[data-drawer]").forEach((other) => other !== dialog && other.remove());
  }
}
