// The editor of the page to ask on: YASQE in the place of the text area, whose form still asks. It stores nothing and asks nobody:
// what completes a word is what this store has (`terms.js`), and the address alone says what was asked.
"use strict";
(() => {
  const area = document.getElementById("query"), amiss = document.getElementById("amiss"), form = area.form;
  for (const [name, get] of Object.entries(window.provisoTerms)) Yasqe.forkAutocompleter(name, { name, get, bulk: true, persistenceId: null });
  const ask = () => setTimeout(() => form.requestSubmit(), 100); // CodeMirror takes up to 80 ms to read what was typed last
  // YASQE's reader of words fails at two signs that end a line to JavaScript alone; SPARQL takes each as it takes its escape.
  const escaped = (text) => text.replace(/[\u2028\u2029]/g, (sign) => (sign === "\u2028" ? "\\u2028" : "\\u2029"));
  const editor = new Yasqe(document.getElementById("editor"), {
    value: escaped(area.value), persistenceId: null, consumeShareLink: null, createShareableLink: null, showQueryButton: false, resizeable: false,
    editorHeight: "auto", inputStyle: "contenteditable", screenReaderLabel: "The query", requestConfig: { endpoint: "sparql", method: "GET" },
    // Tab leaves the editor as it leaves any field.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": ask, "Cmd-Enter": ask, "Ctrl-S": false },
  });
  const field = editor.getInputField();
  field.setAttribute("role", "textbox");
  field.setAttribute("aria-multiline", "true");
  area.hidden = true;
  area.required = false; // the browser could not show what is amiss with a field that is hidden
  document.querySelector("label[for=query]").addEventListener("click", () => editor.focus());

  // YASQE says what is amiss in a tooltip of its own, which the page's policy refuses for its style; here it stands below, for every reader.
  const mark = editor.setGutterMarker;
  editor.setGutterMarker = (line, gutter, icon) => {
    if (icon) icon.onmouseover = icon.onmouseout = null;
    return mark.call(editor, line, gutter, icon);
  };
  const stateAt = (line) => editor.getTokenAt({ line, ch: editor.getDoc().getLine(line).length }, true).state;
  function check() {
    const states = Array.from({ length: editor.getDoc().lineCount() }, (_, line) => stateAt(line));
    const line = states.findIndex((state) => !state.OK);
    const { errorMsg, possibleCurrent = [] } = states[line] ?? {};
    amiss.textContent = line < 0 ? "" : `Line ${line + 1}: ${errorMsg || `expected one of ${possibleCurrent.join(" ")}`}`;
  }
  editor.on("beforeChange", (_, change) => {
    if (change.text.some((line) => line !== escaped(line))) change.update(null, null, change.text.map(escaped));
  });
  editor.on("change", () => {
    area.value = editor.getValue();
    check();
  });
  check();
})();
