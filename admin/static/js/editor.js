// A document's [data-editor]: form and text change one another; the pane beside them follows. Without this they are two plain forms.
import { EditorState, EditorView, autocompletion, basicSetup, json, linter, yaml } from "./codemirror.js";

const WAIT = 500;
const page = document.querySelector("[data-editor]");
const area = page.querySelector("[data-code]");
const at = page.dataset.editor;
const form = () => page.querySelector("[data-document-form]");
const token = form().querySelector("[name=_csrf_token]").value;
const lang = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const words = (text) => (typeof text === "string" ? text : text[lang] ?? text.en ?? text.zh ?? "");
let timer = 0;
let asked = 0;

const send = (address, fields) =>
  fetch(address, {
    method: "POST",
    body: fields instanceof FormData ? new URLSearchParams(fields) : new URLSearchParams({ _csrf_token: token, ...fields }),
    headers: { "X-Part": "1" },
    credentials: "same-origin",
  });
const parse = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

async function problems(view) {
  const answer = await send(`${at}/check`, { text: view.state.doc.toString() });
  if (!answer.ok) return [];
  const found = (await answer.json()).problems;
  return found.map(({ line, column, level, message, suggestion }) => {
    const row = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
    const from = Math.min(row.from + column - 1, row.to);
    return { from, to: row.to, severity: level, message: words(message) + (suggestion ? `\n${words(suggestion)}` : "") };
  });
}

async function options(context) {
  const before = context.matchBefore(/[\w.]*/u);
  if (!context.explicit && !before.text) return null;
  const answer = await send(`${at}/complete`, { text: context.state.doc.toString(), offset: context.pos });
  if (!answer.ok) return null;
  const found = await answer.json();
  return { from: context.pos - before.text.length, options: found.options.map((label) => ({ label })) };
}

const host = document.createElement("div");
host.className = "code-host";
area.before(host);
area.hidden = true;
const view = new EditorView({
  root: host.attachShadow({ mode: "open" }), // its styles are adopted there: the page allows no inline style
  state: EditorState.create({
    doc: area.value,
    extensions: [
      basicSetup,
      area.dataset.code === "json" ? json() : yaml(),
      linter(problems, { delay: WAIT }),
      autocompletion({ override: [options] }),
      EditorState.readOnly.of(area.readOnly),
      EditorView.contentAttributes.of({ "aria-label": document.getElementById("as-text").textContent.trim() }),
      EditorView.lineWrapping,
      EditorView.theme({ "&": { fontSize: "13px", border: "1px solid #d5dae1", borderRadius: "6px" } }),
      EditorView.updateListener.of((update) => update.docChanged && changed()),
    ],
  }),
});
host.shadowRoot.append(view.dom);

let quiet = false;
function changed() {
  area.value = view.state.doc.toString();
  form().querySelector("[data-form-text]").value = area.value;
  if (!quiet) later(refill);
}

function put(text) {
  const now = view.state.doc.toString();
  if (now === text) return;
  let from = 0;
  while (from < Math.min(now.length, text.length) && now[from] === text[from]) from++;
  let end = 0;
  while (end < Math.min(now.length, text.length) - from && now.at(-1 - end) === text.at(-1 - end)) end++;
  quiet = true;
  view.dispatch({ changes: { from, to: now.length - end, insert: text.slice(from, text.length - end) } });
  quiet = false;
}

function later(what) {
  clearTimeout(timer);
  timer = setTimeout(what, WAIT);
}

// The form as the server makes it of the text; `fields` are what the form says, when it was the form that changed.
async function refill(fields) {
  const mine = ++asked;
  const answer = await send(`${at}/edit`, fields ?? { text: area.value, version: form().elements.version.value, do: "look" });
  const fresh = await parse(answer);
  const next = fresh.querySelector("[data-document-form]");
  if (!next || mine !== asked) return;
  const focused = document.activeElement?.name;
  form().replaceChildren(...document.importNode(next, true).childNodes);
  if (focused) form().elements.namedItem(focused)?.focus?.({ preventScroll: true });
  const text = next.querySelector("[data-form-text]").value;
  if (fields) put(text);
  const notice = fresh.querySelector("[role=alert].notice");
  page.querySelector("[data-editor-notice]")?.remove();
  if (notice) {
    const shown = document.importNode(notice, true);
    shown.setAttribute("data-editor-notice", "");
    page.querySelector(".editor-left").prepend(shown);
  }
  await look();
}

async function look() {
  const answer = await send(`${at}/look`, { text: area.value });
  if (!answer.ok) return;
  const fresh = (await parse(answer)).querySelector("[data-look]");
  if (fresh) page.querySelector("[data-look]").replaceChildren(...document.importNode(fresh, true).childNodes);
}

function fieldsOf(button) {
  const fields = new FormData(form());
  fields.set("do", button?.value ?? "look");
  return fields;
}

page.addEventListener("change", (event) => event.target.closest("[data-document-form]") && refill(fieldsOf()));
page.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || button.name !== "do" || button.value.startsWith("save")) return;
  event.preventDefault();
  refill(event.target === form() ? fieldsOf(button) : undefined);
});
look();
