// Bundles CodeMirror into the admin's static files: `npm ci && node node_modules/esbuild/install.js && npm run build`.
import { build } from "esbuild";

await build({
  entryPoints: ["src/codemirror.js"],
  outfile: "../static/js/codemirror.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  banner: { js: "/* CodeMirror 6 and Lezer, MIT licence, (c) Marijn Haverbeke and others; see THIRD_PARTY_NOTICES.md. Built from admin/frontend. */" },
});
