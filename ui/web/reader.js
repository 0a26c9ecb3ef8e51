() => {
  // The reader: a dialog over the page. A click on [data-reader] asks the server for the document
  // and shows what it answers. Nothing of a document is kept in the browser.
  const WAIT = 15000; // milliseconds after which no answer counts as a failure
  const FAILED = '<p class="reader-problem">The document could not be opened. Try again, or reload the page.</p>';
  let asked = "";
  let more = null; // "before" or "after" while a longer part of the same document is on its way
  let opener = null;
  let late = null;

  const dialog = document.createElement("dialog");
  dialog.id = "reader";
  dialog.setAttribute("aria-label", "Source document");
  dialog.innerHTML =
    '<div class="reader-tools"><button type="button" id="reader-passage">To the passage</button>' +
    '<button type="button" id="reader-signs" aria-pressed="false">As written</button>' +
    '<button type="button" id="reader-close" aria-label="Close the document">Close</button></div>' +
    '<div id="reader-body"></div>';
  document.body.append(dialog);
  const body = dialog.querySelector("#reader-body");
  const text = () => body.querySelector(".reader-text");
  const mark = () => body.querySelector("mark");

  function toPassage() {
    mark()?.scrollIntoView({ block: "center" });
    text()?.focus({ preventScroll: true });
  }

  function ask(button) {
    asked = button.dataset.reader;
    more = dialog.contains(button) ? button.dataset.more : null;
    clearTimeout(late);
    late = setTimeout(() => fill(FAILED), WAIT);
    if (!dialog.open) {
      opener = button;
      body.innerHTML = '<p class="reader-problem" role="status">Opening…</p>';
      dialog.showModal();
    }
    document.querySelector("#reader-open").click();
  }

  function fill(markup) {
    clearTimeout(late);
    const before = text();
    const [height, top] = before ? [before.scrollHeight, before.scrollTop] : [0, 0];
    body.innerHTML = markup;
    dialog.querySelector("#reader-passage").hidden = !mark();
    if (!more || !before) return toPassage();
    // What was being read stays where it was.
    text().scrollTop = more === "before" ? top + text().scrollHeight - height : top;
    text().focus({ preventScroll: true });
  }

  window.greenroomReader = {
    asked: () => asked,
    show(reply) {
      let read = null;
      try {
        read = JSON.parse(reply);
      } catch {
        // an event that failed leaves nothing, or the reply to an earlier request
      }
      if (!dialog.open) return;
      if (read?.asked === asked) fill(read.html);
      else if (!text()) fill(FAILED);
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-reader]");
    if (button) {
      event.preventDefault();
      ask(button);
    } else if (event.target === dialog || event.target.id === "reader-close") {
      dialog.close(); // a click beside the dialog counts as one on its backdrop
    } else if (event.target.id === "reader-passage") toPassage();
    else if (event.target.id === "reader-signs") {
      const shown = dialog.classList.toggle("as-written"); // with the signs of its markup
      event.target.setAttribute("aria-pressed", shown);
      toPassage();
    }
  });
  dialog.addEventListener("close", () => {
    clearTimeout(late);
    body.innerHTML = "";
    if (opener?.isConnected) opener.focus();
  });
}
