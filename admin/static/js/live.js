// The event stream: [data-live] names where fresh rows come from, [data-live-reload] what makes a page fetch itself again.
import { fetchPart, swap } from "./part.js";
import { openRows } from "./tree.js";

const page = document.body.dataset;
const GATHER = 80;
let waiting = new Set();
let everything = false;
let timer = 0;
let wasOff = false;

function say(isOn) {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    clock.dataset.live = isOn ? "on" : "off";
    clock.querySelector("[data-clock-state]").textContent = isOn ? "" : page.wordsOff ?? "";
  }
}

async function refresh() {
  const shown = new Set([...document.querySelectorAll("[data-row]")].map((row) => row.dataset.row));
  const keys = (everything ? [...shown] : [...waiting].filter((key) => shown.has(key))).slice(0, 200);
  waiting = new Set();
  everything = false;
  const query = new URLSearchParams({ keys: keys.join(","), opened: openRows().join(",") });
  if ("wall" in page) query.set("wall", "1");
  try {
    swap(await fetchPart(`${page.live}?${query}`));
    say(true);
  } catch {
    say(false);
  }
  timer = 0;
  if (waiting.size || everything) gather([], false);
}

function gather(rows, all) {
  rows.forEach((row) => waiting.add(row));
  everything ||= all;
  timer ||= setTimeout(refresh, GATHER); // from the first change on: a busy hour must not put the page off for ever
}

async function reload() {
  const busy = document.querySelector("main form [data-touched], main form :focus");
  if (busy) return;
  const parsed = await fetchPart(location.href);
  const fresh = parsed.getElementById("content");
  if (fresh) document.getElementById("content").replaceChildren(...document.importNode(fresh, true).childNodes);
}

if (page.live || page.liveReload) {
  const source = new EventSource("/events");
  source.addEventListener("open", () => {
    say(true);
    if (wasOff && page.live) gather([], true);
    wasOff = false;
  });
  source.addEventListener("error", () => {
    wasOff = true;
    say(false);
  });
  for (const kind of ["cells", "alerts", "messages", "release", "snapshots"]) {
    source.addEventListener(kind, (event) => {
      const told = JSON.parse(event.data);
      if (page.live && kind !== "messages") gather(told.rows, told.all);
      if (page.liveReload === kind) reload();
    });
  }
  document.addEventListener("input", (event) => event.target.setAttribute("data-touched", ""));
  addEventListener("pagehide", () => source.close());
}
