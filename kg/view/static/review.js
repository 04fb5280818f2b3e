// The keys of a review: each presses the button that is marked with it, unless somebody is writing. Without this, the buttons do the same.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest("textarea, input")) return;
  const marked = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!marked) return;
  event.preventDefault();
  marked.click();
  if (marked.matches("summary")) document.getElementById("text").focus();
});
