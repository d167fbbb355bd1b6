// What the editor page needs of CodeMirror, as one module; `editor.js` of the admin uses it.
export { basicSetup, EditorView } from "codemirror";
export { autocompletion } from "@codemirror/autocomplete";
export { json } from "@codemirror/lang-json";
export { yaml } from "@codemirror/lang-yaml";
export { linter, lintGutter } from "@codemirror/lint";
export { EditorState } from "@codemirror/state";
